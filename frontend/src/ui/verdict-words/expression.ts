/** Expressions in the words of verdicts: a small part of Python (backend/steepest/engine/diagnosis/words.py). */

export type Scope = Readonly<Record<string, unknown>>;
type Evaluate = (scope: Scope) => unknown;
type Binary = (left: number, right: number) => unknown;

const TOKEN = /\s*(\d+\.?\d*(?:e[+-]?\d+)?|'[^']*'|[A-Za-z_][\w.]*|[=!<>]=|[-<>()+*/,])/y;

const COMPARISONS: Readonly<Record<string, (left: unknown, right: unknown) => boolean>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => Number(left) < Number(right),
  '>': (left, right) => Number(left) > Number(right),
  '<=': (left, right) => Number(left) <= Number(right),
  '>=': (left, right) => Number(left) >= Number(right),
};
const SUMS: Readonly<Record<string, Binary>> = { '+': (left, right) => left + right, '-': (left, right) => left - right };
const PRODUCTS: Readonly<Record<string, Binary>> = { '*': (left, right) => left * right, '/': (left, right) => left / right };

/** Each gets its arguments; a list alone is the arguments. */
const FUNCTIONS: Readonly<Record<string, (values: readonly unknown[]) => number>> = {
  abs: ([value]) => Math.abs(Number(value)),
  len: (values) => values.length,
  max: (values) => Math.max(...values.map(Number)),
  min: (values) => Math.min(...values.map(Number)),
};

const compiled = new Map<string, Evaluate>();

/** The value of an expression. A name without a value, and a field of such a one, are null. Throws on a syntax error. */
export function evaluate(source: string, scope: Scope): unknown {
  let found = compiled.get(source);
  if (!found) compiled.set(source, (found = new Parser(source).whole()));
  return found(scope);
}

class Parser {
  private readonly tokens: string[] = [];
  private at = 0;

  constructor(private readonly source: string) {
    TOKEN.lastIndex = 0;
    for (let match = TOKEN.exec(source); match; match = TOKEN.exec(source)) {
      this.tokens.push(match[1] as string);
      this.at = TOKEN.lastIndex;
    }
    if (source.slice(this.at).trim() !== '') this.fail();
    this.at = 0;
  }

  whole(): Evaluate {
    const found = this.either();
    if (this.at < this.tokens.length) this.fail();
    return found;
  }

  private fail(): never {
    throw new SyntaxError(`in the words of a verdict: ${this.source}`);
  }

  private take(...wanted: readonly string[]): string | null {
    const token = this.tokens[this.at];
    if (token === undefined || !wanted.includes(token)) return null;
    this.at += 1;
    return token;
  }

  private either(): Evaluate {
    const left = this.both();
    if (!this.take('or')) return left;
    const right = this.either();
    return (scope) => left(scope) || right(scope);
  }

  private both(): Evaluate {
    const left = this.negation();
    if (!this.take('and')) return left;
    const right = this.both();
    return (scope) => left(scope) && right(scope);
  }

  private negation(): Evaluate {
    if (!this.take('not')) return this.comparison();
    const value = this.negation();
    return (scope) => !value(scope);
  }

  private comparison(): Evaluate {
    const left = this.chain(SUMS, () => this.chain(PRODUCTS, () => this.value()));
    const compare = COMPARISONS[this.take(...Object.keys(COMPARISONS)) ?? ''];
    if (!compare) return left;
    const right = this.chain(SUMS, () => this.chain(PRODUCTS, () => this.value()));
    return (scope) => compare(left(scope), right(scope));
  }

  private chain(operators: Readonly<Record<string, Binary>>, operand: () => Evaluate): Evaluate {
    let found = operand();
    for (let token = this.take(...Object.keys(operators)); token; token = this.take(...Object.keys(operators))) {
      const [operator, left, right] = [operators[token] as Binary, found, operand()];
      found = (scope) => operator(Number(left(scope)), Number(right(scope)));
    }
    return found;
  }

  private value(): Evaluate {
    if (this.take('-')) {
      const value = this.value();
      return (scope) => -Number(value(scope));
    }
    if (this.take('(')) return this.closed(this.either());
    const token = this.tokens[this.at] ?? this.fail();
    this.at += 1;
    if (/^\d/.test(token)) return () => Number(token);
    if (token.startsWith("'")) return () => token.slice(1, -1);
    if (token === 'None') return () => null;
    if (!/^[A-Za-z_]/.test(token)) this.fail();
    return this.take('(') ? this.call(FUNCTIONS[token] ?? this.fail()) : (scope) => field(scope, token);
  }

  private call(apply: (values: readonly unknown[]) => number): Evaluate {
    const list = [this.either()];
    while (this.take(',')) list.push(this.either());
    return this.closed((scope) => {
      const values = list.map((value) => value(scope));
      return apply(values.length === 1 && Array.isArray(values[0]) ? (values[0] as unknown[]) : values);
    });
  }

  private closed(inside: Evaluate): Evaluate {
    return this.take(')') ? inside : this.fail();
  }
}

function field(scope: Scope, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as Scope | null)?.[name] ?? null, scope);
}
