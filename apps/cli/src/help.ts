// What `ozura help` prints.

export const help = `Usage: ozura <command>

  start              the whole system in one process, for development, with a sandbox merchant; with --processors and
                     names of them (all without) it pays through programs that play real processors
  serve <program>    one program: checkout, pay, vault or sandbox; see: ozura serve --help
  migrate <program>  brings the database of a program up to date, without starting it
  tax <what>         the sales tax table of a merchant: list, set, load or clear
  merchant <what>    merchants, their keys, settings and processors, and the log of changes
  payments <what>    payments that a person has to decide: review, resolve
  doctor             whether a processor can be reached and knows your merchants: --processor NAME
  vault <what>       the Vault's keys and tokens: rotate, status, export, import-key, import, init, unseal
  audit verify       whether the Vault's audit log still says what was written
  backup <folder>    the databases while the programs run; or with --keys the keys, for another place
  restore <folder>   a backup into a new data directory, after it was checked; or --hold, after PostgreSQL was restored
  bundle             makes what browsers load beforehand, for an image that is read-only
  clock <what>       the clock of a development installation: advance 31d, freeze, reset
  program <what>     what its sandbox processor does next: set STEP…, list, clear, journal, settle
  listen             brings a development installation's webhooks to a server of yours: --forward-to URL
  trigger <type>     makes an event happen there, such as session.completed
  events <what>      its feed: list, resend; offer what a restored Checkout has lost
  help               this text

Settings of start, from the environment:
  PORT_BASE          4000: Checkout there, Vault +1, Pay +2, card fields +3, the store +10
  DATA_DIR           ./data: databases, keys, logs and dev.json
  DATABASE_URL       a PostgreSQL database for all programs, with a schema for each; files in DATA_DIR when left out
  RATE_LIMITS        on; off for load tests
  NO_COLOR           any value: no colours
It also takes what "ozura serve --help" lists for sessions, prices, logs and databases.`;
