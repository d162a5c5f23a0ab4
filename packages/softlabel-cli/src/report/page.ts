import { escapeHtml, type Html, html, trusted } from "./html.ts";
import { commandLine } from "./run-card.ts";
import { styleSheet } from "./style-sheet.ts";

/** What differs from one report to another; the frame around it is the same. */
export interface Page {
  /** The command that wrote it. */
  readonly generator: string;
  /** The question that the report answers. */
  readonly question: string;
  /** Of what it is asked: a model, a file. */
  readonly subject: string;
  /** What follows the subject above the headline: how many rows, seeds. */
  readonly extent: string;
  /** The verdict's first sentence. */
  readonly headline: string;
  readonly main: Html;
  /** Rules beside those of every report. */
  readonly style?: string;
}

/** A headline of more letters is set smaller. */
const longHeadline = 180;

/** A whole document that needs no script, no network and no second file, and forbids the first two. */
export function renderPage({ generator, question, subject, extent, headline, main, style = "" }: Page): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="${generator}">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${question} ${subject}</title>
<style>${trusted(styleSheet + style)}</style>
</head>
<body>
<header>
<p class="eyebrow"><b>${question}</b> ${subject}, ${extent}</p>
<h1${trusted(headline.length > longHeadline ? ' class="long"' : "")}>${sentence(headline)}</h1>
</header>
<main>
${main}
</main>
<footer>Written by ${generator}. Everything here is in results.json beside this file.</footer>
</body>
</html>
`;
  return page.html;
}

/**
 * A verdict's sentence: intervals step back, a command stands apart, ε keeps its number and -- its name on its line; an
 * arm's own name, in “quotes”, is left as it is and keeps its direction of writing.
 */
export function sentence(text: string): Html {
  const [, prose = text, command] = beforeCommand.exec(text) ?? [];
  const parts = prose
    .split(/(?<=“)([^”]*)(?=”)/)
    .map((part, i) => (i % 2 === 1 ? html`<bdi>${part}</bdi>` : marked(part)));
  return html`${parts}${command === undefined ? null : html` ${commandLine(command)}`}`;
}

/** The first “To see:” that is no part of a name. */
const beforeCommand = /^((?:“[^”]*”|[^“])*?To see:) ([\s\S]*)$/;

function marked(prose: string): Html {
  return trusted(
    escapeHtml(prose)
      .replace(/([εT]) = /g, "$1\u00a0=\u00a0")
      .replace(/--[a-z][a-z-]*/g, '<span class="flag">$&</span>')
      .replace(/ (\([+−\d–][^()]*\)[.,;]?)/g, ' <span class="aside">$1</span>'),
  );
}
