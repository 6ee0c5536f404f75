/** KaTeX with its style sheet and fonts: a piece of its own, loaded when there is something to typeset. */
import 'katex/dist/katex.min.css';
export { render } from 'katex';
