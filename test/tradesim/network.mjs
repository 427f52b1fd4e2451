// Between a tradectl and the broker: requests are lost, late (up to a minute), doubled; a gateway answers 504 and the order
// comes to be all the same; answers are lost. ask() calls back with the answer, or with {} when the client's time is over.
const TIMEOUT_MS = 10_000;

export class Network {
	constructor(world, broker) {
		this.world = world;
		this.broker = broker;
	}

	ask(request, answered) {
		const { world } = this;
		let open = true;
		const close = (answer) => {
			if (open)
				answered(answer);
			open = false;
		};
		world.after(TIMEOUT_MS, () => close({}));
		if (request.method === "POST")
			this.post(request, close);
		else
			this.read(request, close);
	}

	post(request, close) {
		const { world, broker } = this;
		const { random, faults } = world;
		const fate = random.of({ lost: faults.lost, late: faults.late, twice: faults.twice, gateway: faults.gateway }, "plain");
		const arrive = (ms, heard) => world.after(ms, () => {
			const answer = broker.post(request);
			if (heard && !random.chance(faults.deaf))
				world.after(random.between(2, 300), () => close(answer));
		});
		if (fate === "lost")
			return;
		if (fate === "late")
			return arrive(random.between(1_000, 60_000), true);
		if (fate === "gateway") {
			world.after(random.between(100, 9_000), () => close({ status: 504 }));
			return arrive(random.between(100, 45_000), false);
		}
		arrive(random.between(2, 300), true);
		if (fate === "twice")
			arrive(random.between(2, 60_000), true);
	}

	read(request, close) {
		const { world, broker } = this;
		const { random, faults } = world;
		if (random.chance(faults.lost + faults.deaf))
			return;
		world.after(random.between(2, 200), () => {
			const answer = request.method === "LIST" ? broker.list() : broker.get(request.client_order_id);
			world.after(random.between(2, 200), () => close(answer));
		});
	}
}
