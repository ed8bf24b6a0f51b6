/** Where one Dovecot lives and what it listens on. */
export interface DovecotPlace {
  readonly folder: string;
  readonly user: string;
  readonly group: string;
  readonly imapPort: number;
  readonly imapsPort: number;
  /** What a Postfix on this machine needs: where it delivers, and whom it asks about logins. */
  readonly forPostfix?: { readonly lmtpPort: number; readonly saslPort: number };
  /** Absent: the server has no TLS at all. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
}

/** A Dovecot 2.3 that needs no root: own user for every service, no chroot, all state in one folder. */
export function dovecotConfig(place: DovecotPlace): string {
  const { folder, user, group, tls, forPostfix } = place;
  const secure = tls === undefined ? 'ssl = no' : `ssl = yes\nssl_cert = <${tls.certFile}\nssl_key = <${tls.keyFile}`;
  const imaps =
    tls === undefined
      ? 'inet_listener imaps {\n    port = 0\n  }'
      : `inet_listener imaps {\n    address = 127.0.0.1\n    port = ${place.imapsPort}\n    ssl = yes\n  }`;
  return `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/dovecot.log
listen = 127.0.0.1
protocols = imap${forPostfix === undefined ? '' : ' lmtp'}
default_internal_user = ${user}
default_internal_group = ${group}
default_login_user = ${user}
first_valid_uid = 0
last_valid_uid = 0
${secure}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = mdbox:~/mdbox
mail_fsync = never
mailbox_list_index = yes
mail_max_userip_connections = 50
imap_idle_notify_interval = 30 s
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${folder}/users
}
userdb {
  driver = static
  args = uid=${user} gid=${group} home=${folder}/mail/%u
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Sent {
    auto = subscribe
    special_use = \\Sent
  }
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap-login {
  chroot =
  inet_listener imap {
    address = 127.0.0.1
    port = ${place.imapPort}
  }
  ${imaps}
}
service stats {
  chroot =
}
${forPostfix === undefined ? '' : postfixServices(forPostfix)}`;
}

/** Mail for `me+steward@` lies in the box of `me@`. */
const postfixServices = ({ lmtpPort, saslPort }: NonNullable<DovecotPlace['forPostfix']>) => `
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
service lmtp {
  chroot =
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${lmtpPort}
  }
}
service auth {
  chroot =
  inet_listener {
    address = 127.0.0.1
    port = ${saslPort}
  }
}
`;
