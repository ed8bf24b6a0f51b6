import { type Command, Option } from 'commander';
import { intents } from '../schemas/model-intents.ts';
import { visibleLine } from '../schemas/visible-text.ts';
import { apiClient } from './api-client.ts';
import { printResult, table } from './print.ts';

interface Lesson {
  readonly id: string;
  readonly text: string;
  readonly intent: string;
}

const path = '/api/v1/models/lessons';

/** `steward models teach`, `lessons` and `unteach`: what was meant by what. */
export function registerTeaching(models: Command): void {
  models
    .command('teach')
    .description('say what was meant by something: it, and what is like it, is taken so from then on')
    .argument('<text...>')
    .addOption(
      new Option('--intent <intent>', 'what was meant')
        .choices(intents.filter((one) => one !== 'command'))
        .makeOptionMandatory(),
    )
    .action(async (text: string[], { intent }: { intent: string }) => {
      const taught = await apiClient().post<{ id: string; lessons: number }>(path, { text: text.join(' '), intent });
      printResult(taught, `Noted as ${taught.id}, lesson ${taught.lessons}.`);
    });
  models
    .command('lessons')
    .description('what was said to be meant by what, newest first')
    .action(async () => {
      const page = await apiClient().get<{ lessons: Lesson[] }>(path);
      const rows = page.lessons.map(({ id, intent, text }) => [id, intent, visibleLine(text, 80)]);
      printResult(page, () => (rows.length === 0 ? 'There are no lessons.' : table(['ID', 'INTENT', 'TEXT'], rows)));
    });
  models
    .command('unteach')
    .description('forget a lesson')
    .argument('<id>')
    .action(async (id: string) => {
      const dropped = await apiClient().delete<{ id: string }>(`${path}/${encodeURIComponent(id)}`);
      printResult(dropped, `${id} is forgotten.`);
    });
}
