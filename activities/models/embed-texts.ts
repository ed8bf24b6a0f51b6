import { createHash } from 'node:crypto';
import { StewardError } from '../../schemas/errors.ts';
import type { EmbedAsk, EmbedTexts } from '../../schemas/model-embed.ts';
import { isLocal, type ModelEntry, type ModelsFile } from '../../schemas/models-file.ts';
import { keepEmbeddings, readEmbeddings } from '../../store/models/kept-embeddings.ts';
import { modelPrint } from '../../store/models/model-probes.ts';
import type { Store } from '../../store/store.ts';
import { failureOf, type RouterDeps } from './ask-models.ts';
import { type EmbedDeps, embedOnce } from './embed-once.ts';
import { ModelFault } from './providers/name-outcome.ts';

type Vectors = Map<string, Float32Array>;
type Printed = readonly [print: string, text: string];

/** In one call of a provider: most take 96 and more, one on this machine holds up others meanwhile. */
const mostTexts = 32;
const mostChars = 40_000;

/** Makes what has vectors made of texts, each once for ever. */
export function makeEmbedTexts(
  deps: EmbedDeps & Pick<RouterDeps, 'files' | 'clock'> & { readonly store: Store },
): EmbedTexts {
  const inTurn = makeTurns();
  return async (ask) => {
    if (ask.texts.includes('')) throw new StewardError('badInput', 'Cannot make a vector of an empty text');
    const file = deps.files.current().models;
    const entry = await entryFor(deps, file, ask);
    const prints = ask.texts.map((text) => printOf(deps.store, entry, ask, text));
    const texts = new Map(prints.map((print, at) => [print, ask.texts[at]!]));
    const { personId } = ask.for;
    let cost = 0;
    const make = async (known: Vectors, fresh: boolean): Promise<Vectors> => {
      for (const batch of batchesOf([...texts].filter(([print]) => !known.has(print))))
        await inTurn(entry.name, async () => {
          // Whoever had the turn before may have asked for the same.
          const late = fresh ? [] : await readEmbeddings(deps.store, personId, printsOf(batch));
          for (const [print, vector] of late) known.set(print, vector);
          const missing = batch.filter(([print]) => !known.has(print));
          if (missing.length === 0) return;
          const asked = missing.map(([, text]) => text);
          const made = await embedOnce(deps, file, entry, ask, asked).catch((error: unknown) => {
            throw error instanceof ModelFault ? failureOf(entry, error) : error;
          });
          cost += made.cost;
          const vectors: Vectors = new Map(missing.map(([print], at) => [print, made.vectors[at]!]));
          await keepEmbeddings(deps.store, personId, vectors);
          for (const [print, vector] of vectors) known.set(print, vector);
        });
      return known;
    };
    let all = await make(new Map(await readEmbeddings(deps.store, personId, [...texts.keys()])), false);
    // By the same name it is another model now: what it made before says nothing beside what it makes today.
    if (new Set([...all.values()].map(({ length }) => length)).size > 1) all = await make(new Map(), true);
    const vectors = prints.map((print) => all.get(print)!);
    return { vectors, model: entry.name, space: `${spaceOf(entry)}.${vectors[0]?.length ?? 0}`, cost };
  };
}

async function entryFor(
  { health, clock }: Pick<RouterDeps, 'health' | 'clock'>,
  { models, embed }: ModelsFile,
  ask: EmbedAsk,
) {
  const entry = models.find(({ name }) => name === embed);
  if (entry === undefined)
    throw new StewardError('modelNone', 'Cannot make vectors of texts: `embed` in models.yaml names no model');
  if (ask.localOnly === true && !isLocal(entry))
    throw new StewardError(
      'modelNone',
      `Cannot make vectors: these words must not leave, and ${entry.name} is not local`,
    );
  const rests = await health.rests(entry);
  if (rests !== undefined && !rests.lastResort) {
    const waitMs = rests.until.getTime() - clock.now().getTime();
    throw new StewardError('modelBusy', `Cannot ask ${entry.name}: ${rests.why}`, { waitMs });
  }
  return entry;
}

/** Which model it is, by all that is known of it. */
const spaceOf = (entry: ModelEntry): string =>
  createHash('sha256')
    .update(JSON.stringify([modelPrint(entry), entry.model ?? entry.name]))
    .digest('base64url')
    .slice(0, 22);

/** Of the person first: nobody is given what was made for another. */
const printOf = ({ keys }: Pick<Store, 'keys'>, entry: ModelEntry, { for: { personId } }: EmbedAsk, text: string) =>
  keys.fingerprint('embedding', JSON.stringify([personId, spaceOf(entry), text]));

const printsOf = (batch: readonly Printed[]) => batch.map(([print]) => print);

function batchesOf(all: readonly Printed[]): Printed[][] {
  const batches: Printed[][] = [];
  let chars = mostChars;
  for (const one of all) {
    const last = batches.at(-1);
    chars += one[1].length;
    if (last === undefined || last.length >= mostTexts || chars > mostChars) {
      batches.push([one]);
      chars = one[1].length;
    } else last.push(one);
  }
  return batches;
}

/** One after another by name, in the order of asking: two who want the same at once ask once. */
function makeTurns(): <T>(name: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (name, work) => {
    const own = (last.get(name) ?? Promise.resolve()).then(work);
    const settled = own.catch(() => undefined);
    last.set(name, settled);
    return await own;
  };
}
