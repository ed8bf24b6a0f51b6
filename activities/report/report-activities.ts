import type { Logger } from 'pino';
import type { Files } from '../../schemas/file-set.ts';
import type { Report } from '../../schemas/report.ts';
import { gatherReport } from '../../store/digests/gather-report.ts';
import { readDigest } from '../../store/digests/keep-digest.ts';
import { keepReport, reportOfFire } from '../../store/digests/keep-report.ts';
import { readReport } from '../../store/digests/read-report.ts';
import type { Store } from '../../store/store.ts';
import { renderReport } from './render-report.ts';

interface ReportDeps {
  readonly store: Store;
  readonly files: Pick<Files, 'current'>;
  readonly zone: () => string;
  readonly log: Pick<Logger, 'info'>;
}

/** The morning report. It needs no model and no calendar: what is not there is not mentioned. */
export function makeReportActivities({ store, files, zone, log }: ReportDeps) {
  return {
    /** Makes a fire's report and keeps it sealed. May be repeated: the first stays. @throws notFound, storeBusy */
    make: async ({ fireId, personId, digestId }: MakeReport): Promise<MadeReport> => {
      const known = await reportOfFire(store, fireId);
      const reportId = known ?? (await makeNew({ fireId, personId, digestId }));
      const { report } = await readReport(store, reportId);
      return { reportId, subjectFacts: factsOf(report) };
    },
  };

  async function makeNew({ fireId, personId, digestId }: MakeReport): Promise<string> {
    const digest = digestId === undefined ? undefined : (await readDigest(store, digestId)).digest;
    const facts = await gatherReport(store, files.current(), { personId, fireId });
    const make = (reportId: string) => {
      const report: Report = {
        ...{ reportId, ...facts, mails: digest?.items.length ?? 0, older: digest?.older ?? [] },
        ...(digestId === undefined ? {} : { digestId }),
      };
      return { report, rendered: renderReport(report, digest, zone()) };
    };
    const reportId = await keepReport(store, { personId, fireId, make });
    log.info({ report: reportId }, 'a report was made');
    return reportId;
  }
}

interface MakeReport {
  readonly fireId: string;
  readonly personId: string;
  readonly digestId?: string | undefined;
}
interface MadeReport {
  readonly reportId: string;
  readonly subjectFacts: { readonly missed: number; readonly waiting: number };
}

const factsOf = ({ troubles, moreTroubles, waiting }: Report) => ({
  missed: troubles.length + moreTroubles,
  waiting: waiting.length,
});
