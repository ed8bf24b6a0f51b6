import { homedir, userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { homeRoot } from './home-root.ts';
import { printResult } from './print.ts';

export interface ServicePlaces {
  readonly launcher: string;
  readonly home: string;
  readonly user: string;
  readonly userHome: string;
}

/** `steward service`: a systemd unit, to be put in place by the owner. */
export function register(program: Command): void {
  program
    .command('service')
    .description('print a systemd unit')
    .option('--user', 'for `systemctl --user`, which needs no root')
    .action(({ user }: { user?: true }) => {
      const places: ServicePlaces = {
        launcher: fileURLToPath(new URL('../steward', import.meta.url)),
        home: homeRoot(),
        user: userInfo().username,
        userHome: homedir(),
      };
      const unit = serviceUnit(places, user === true);
      printResult({ unit }, unit.trimEnd());
    });
}

/** The text of the unit. `--user` leaves out what only root may ask for. Pure. */
export function serviceUnit(places: ServicePlaces, user: boolean): string {
  const root = !user && places.user === 'root';
  const hardening = [
    'NoNewPrivileges=true',
    'PrivateTmp=true',
    'ProtectSystem=strict',
    // As root, Postgres lives in /var/lib/steward and runs as another user.
    `ReadWritePaths=${quote(places.home)} ${quote(`${places.userHome}/.cache`)}${root ? ' /var/lib/steward' : ''}`,
    'ProtectKernelTunables=true',
    'ProtectKernelModules=true',
    'ProtectControlGroups=true',
    'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
    'RestrictRealtime=true',
    'RestrictSUIDSGID=true',
    'LockPersonality=true',
    'SystemCallArchitectures=native',
    ...(root
      ? ['CapabilityBoundingSet=CAP_SETUID CAP_SETGID CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_KILL CAP_SYS_PTRACE']
      : []),
    ...(root ? ['StateDirectory=steward', 'StateDirectoryMode=0755'] : []),
  ];
  return `[Unit]
Description=Steward, a self-hosted assistant
${user ? '' : 'After=network-online.target\nWants=network-online.target\n'}StartLimitIntervalSec=0

[Service]
Type=exec
${user ? '' : `User=${places.user}\n`}Environment=${quote(`STEWARD_HOME=${places.home}`)}
ExecStart=${quote(places.launcher)} up
# The supervisor stops its children in order; what is left after that is killed.
KillMode=mixed
TimeoutStopSec=90
Restart=always
RestartSec=5
# Status 2 is wrong use: trying again does not help.
RestartPreventExitStatus=2
UMask=0077
${user ? 'NoNewPrivileges=true' : hardening.join('\n')}

[Install]
WantedBy=${user ? 'default.target' : 'multi-user.target'}
`;
}

function quote(text: string): string {
  return /[\s"\\]/.test(text) ? JSON.stringify(text) : text;
}
