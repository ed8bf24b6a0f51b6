/** Tells an editor what may stand in the file. */
const schemaLine = '# yaml-language-server: $schema=../.schemas/trigger.json\n';

/** The triggers that a new home begins with, by file name. Written once; from then on they are the owner's. */
export const defaultTriggers: Readonly<Record<string, string>> = {
  'morning-report.yaml': `${schemaLine}# The morning report: mail, what ran and what did not, health, what waits for you.
run: morningReport
when: { schedule: "0 8 * * *" } # local time; add \`timezone: Europe/Berlin\` for another
missed: { policy: latest, within: 3h } # the machine was off at eight: until eleven it is made up for
overlap: skip
priority: normal
deliver: [] # such as [mail:me], once a mail channel is there
`,
  'email-digest.yaml': `${schemaLine}# A digest of new mail, half a minute after the last of a burst has come in.
run: emailDigest
when: { mail: {}, settle: 30s }
overlap: skip
priority: normal
deliver: [] # such as [mail:me], once a mail channel is there
`,
  'nightly-review.yaml': `${schemaLine}# Goes through what you told: what is said twice, what contradicts, what faded.
run: consolidateMemory
when: { schedule: "30 3 * * *" }
missed: { policy: latest, within: 20h } # the machine is off at night: it is done once it is on
overlap: skip
priority: low
`,
  'health-check.yaml': `${schemaLine}# Checks this machine, Steward's own parts, channels and services; says so when one changes.
run: healthCheck
when: { schedule: "*/5 * * * *" }
missed: { policy: none } # a check that was missed says nothing about now
overlap: skip
priority: low
`,
};
