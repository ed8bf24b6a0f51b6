/** Text as XML may hold it. Pure. */
export const escapeXml = (words: string): string =>
  words.replace(/[<>&"']/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/[\p{Cc}\p{Cs}]/gu, ' ');

/** A picture that needs nothing beside it, in light and in dark. @param parts - elements, already escaped */
export const svgPage = (
  { width, height, title }: { readonly width: number; readonly height: number; readonly title: string },
  parts: readonly string[],
): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" width="${Math.ceil(width)}" height="${Math.ceil(height)}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${style}</style>`,
    '<rect width="100%" height="100%" class="page"/>',
    ...parts,
    '</svg>',
    '',
  ].join('\n');

const style = [
  'text{font-family:system-ui,sans-serif;fill:#1f2328;font-size:13px}',
  '.head{font-size:15px;font-weight:600}.small{font-size:11px;fill:#59636e}.page{fill:#fff}.none{fill:#eff2f5}',
  '.busy,.bar,.spot{fill:#0b6bcb}.axis{stroke:#d1d9e0}.line{fill:none;stroke:#0b6bcb;stroke-width:2}',
  '.faint{fill:none;stroke:#8c959f;stroke-width:1.5;stroke-dasharray:4 3}',
  '@media (prefers-color-scheme:dark){text{fill:#e6edf3}.small{fill:#9198a1}.page{fill:#0d1117}.none{fill:#1b222b}',
  '.busy,.bar,.spot{fill:#4c9bef}.axis{stroke:#30363d}.line{stroke:#4c9bef}}',
].join('');
