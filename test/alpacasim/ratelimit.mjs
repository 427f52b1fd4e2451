// Requests a minute, counted for the trading and the data host by themselves, and the headers that tell of it.

export class RateLimit {
	constructor(config) {
		this.config = config;
		this.windows = new Map();
	}

	// Counts one request: {allowed, headers}.
	count(host) {
		const minute = Math.floor(Date.now() / 60_000);
		const last = this.windows.get(host);
		const window = last?.minute === minute ? last : { minute, used: 0 };
		window.used += 1;
		this.windows.set(host, window);
		return {
			allowed: window.used <= this.config.rate_limit,
			headers: {
				"X-RateLimit-Limit": this.config.rate_limit,
				"X-RateLimit-Remaining": Math.max(0, this.config.rate_limit - window.used),
				"X-RateLimit-Reset": (minute + 1) * 60,
			},
		};
	}
}
