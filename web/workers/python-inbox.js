/** Calls to Python, in order; they wait until Python has started and connects its receiver. */
export class PythonInbox {
  constructor() {
    /** @type {((...values: any[]) => void) | null} */
    this.receiver = null;
    /** @type {any[][]} */
    this.waiting = [];
  }

  /** @param {any[]} values */
  push(...values) {
    if (this.receiver) {
      this.receiver(...values);
    } else {
      this.waiting.push(values);
    }
  }

  /** @param {(...values: any[]) => void} receiver Python's; kept as long as the worker lives. */
  connect(receiver) {
    this.receiver = receiver;
    for (const values of this.waiting.splice(0)) {
      receiver(...values);
    }
  }
}
