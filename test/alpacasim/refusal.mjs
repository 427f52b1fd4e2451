// A refusal as the broker writes it: HTTP status, code, message, sometimes more members.

export class Refusal extends Error {
	constructor(status, code, message, extras = {}) {
		super(message);
		this.status = status;
		this.body = code === null ? { message } : { code, message, ...extras };
	}
}

export const invalid = (message) => new Refusal(422, 40010001, message);
export const unprocessable = (message) => new Refusal(422, 42210000, message);
export const forbidden = (message, extras) => new Refusal(403, 40310000, message, extras);
export const notFound = (message) => new Refusal(404, 40410000, message);
// Errors of the data host often carry no code.
export const badData = (message) => new Refusal(400, null, message);
