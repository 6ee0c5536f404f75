/** A query about the visible part of a view: only the answer to the latest one counts. */
export class LatestQuery<Question extends readonly unknown[], Answer> {
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** wait: milliseconds without a further call before `askSoon` asks. */
  constructor(
    private readonly put: (...question: Question) => Promise<Answer>,
    private readonly arrived: (answer: Answer) => void,
    private readonly wait: number,
  ) {}

  /** Asks at once; an earlier question's answer is dropped. */
  ask(...question: Question): void {
    clearTimeout(this.timer);
    const number = ++this.asked;
    this.put(...question).then(
      (answer) => {
        if (number === this.asked) this.arrived(answer);
      },
      () => {
        // Keep what is shown; the session shows the fault.
      },
    );
  }

  /** Asks when the view has stopped moving. */
  askSoon(...question: Question): void {
    clearTimeout(this.timer);
    this.asked++;
    this.timer = setTimeout(() => this.ask(...question), this.wait);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.asked++;
  }
}
