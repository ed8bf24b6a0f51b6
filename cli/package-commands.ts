import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A program and its arguments, to be shown, and run once somebody has said yes. */
export type Command = readonly [program: string, ...args: string[]];

/** What is missing of a card of NVIDIA. */
export type CardPart = 'driver' | 'cuda';

interface Manager {
  readonly ids: readonly string[];
  readonly install: Readonly<Record<CardPart, readonly Command[]>>;
  /** What a person must have done before. */
  readonly first?: string;
}

/** @source wiki.debian.org/NvidiaGraphicsDrivers, help.ubuntu.com, rpmfusion.org/Howto/NVIDIA, wiki.archlinux.org/title/NVIDIA */
const managers: readonly Manager[] = [
  {
    ids: ['ubuntu', 'linuxmint', 'pop'],
    install: {
      driver: [
        ['apt-get', 'update'],
        ['apt-get', 'install', '-y', 'nvidia-driver-550'],
      ],
      cuda: [
        ['apt-get', 'update'],
        ['apt-get', 'install', '-y', 'nvidia-cuda-toolkit'],
      ],
    },
  },
  {
    ids: ['debian'],
    first: 'the components `contrib non-free non-free-firmware` in /etc/apt/sources.list',
    install: {
      driver: [
        ['apt-get', 'update'],
        ['apt-get', 'install', '-y', 'nvidia-driver', 'firmware-misc-nonfree'],
      ],
      cuda: [
        ['apt-get', 'update'],
        ['apt-get', 'install', '-y', 'nvidia-cuda-toolkit'],
      ],
    },
  },
  {
    ids: ['fedora'],
    first: 'the repository RPM Fusion, non-free',
    install: {
      driver: [['dnf', 'install', '-y', 'akmod-nvidia']],
      cuda: [['dnf', 'install', '-y', 'xorg-x11-drv-nvidia-cuda']],
    },
  },
  {
    ids: ['arch', 'manjaro'],
    install: { driver: [['pacman', '-S', '--noconfirm', 'nvidia']], cuda: [['pacman', '-S', '--noconfirm', 'cuda']] },
  },
  {
    ids: ['opensuse-tumbleweed', 'opensuse-leap'],
    first: 'the repository of NVIDIA (`zypper install openSUSE-repos-NVIDIA`)',
    install: {
      driver: [['zypper', '--non-interactive', 'install', 'nvidia-driver-G06-kmp-default', 'nvidia-compute-utils-G06']],
      cuda: [['zypper', '--non-interactive', 'install', 'cuda-toolkit']],
    },
  },
];

/** The commands of this distribution for what is missing. */
export type Install =
  | { readonly commands: readonly Command[]; readonly first?: string }
  /** Why there are none. */
  | { readonly refused: string };

/** Finds them by `/etc/os-release`. @param root - `/` of the machine @source freedesktop.org os-release(5) */
export function installOf(part: CardPart, root: string): Install {
  const path = join(root, 'etc/os-release');
  const fields = existsSync(path) ? fieldsOf(readFileSync(path, 'utf8')) : new Map<string, string>();
  const named = [fields.get('ID') ?? '', ...(fields.get('ID_LIKE') ?? '').split(' ')];
  const manager =
    managers.find(({ ids }) => ids.includes(named[0]!)) ??
    managers.find(({ ids }) => ids.some((id) => named.includes(id)));
  if (manager === undefined) {
    const what = fields.get('PRETTY_NAME') ?? 'a distribution without /etc/os-release';
    return { refused: `what its package manager has for cards of NVIDIA is not known here for ${what}` };
  }
  return { commands: manager.install[part], ...(manager.first === undefined ? {} : { first: manager.first }) };
}

const fieldsOf = (text: string) =>
  new Map(
    text.split('\n').flatMap((line) => {
      const [, key, value] = /^([A-Z_]+)=["']?(.*?)["']?$/.exec(line.trim()) ?? [];
      return key === undefined ? [] : [[key, value!] as const];
    }),
  );
