/** A query to the server about what the view shows: asked again when it has moved, late answers dropped. */
export class LatestQuery<Question extends readonly unknown[], Answer> {
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** wait: milliseconds of rest before `askSoon` asks. */
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
        // The connection was lost, or the view was refused: what is shown stays; the session shows what is wrong.
      },
    );
  }

  /** Asks when the view has been still for a moment. */
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
