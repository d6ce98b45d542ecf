/** The door to Python: calls wait in their order until Python has come up and opened it. */
export class Door {
  constructor() {
    /** @type {((...values: any[]) => void) | null} */
    this.receiver = null;
    /** @type {any[][]} */
    this.waiting = [];
  }

  /** @param {any[]} values */
  knock(...values) {
    if (this.receiver) {
      this.receiver(...values);
    } else {
      this.waiting.push(values);
    }
  }

  /** @param {(...values: any[]) => void} receiver Python's; kept as long as the worker lives. */
  open(receiver) {
    this.receiver = receiver;
    for (const values of this.waiting.splice(0)) {
      receiver(...values);
    }
  }
}
