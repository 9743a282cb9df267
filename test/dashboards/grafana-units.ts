/**
 * The ids of all units that Grafana can format, by its categories: what `getValueFormats()` of @grafana/data 13.2.1 returns (25 categories,
 * 273 ids). An id that is not here is shown as a suffix.
 */
export const grafanaUnits: ReadonlySet<string> = new Set(
  [
    // Misc
    "none string short sishort percent percentunit humidity dB candela hex0x hex sci locale pixel",
    // Acceleration
    "accMS2 accFS2 accG",
    // Angle
    "degree radian grad arcmin arcsec",
    // Area
    "areaM2 areaF2 areaMI2 acres hectares",
    // Computation
    "flops mflops gflops tflops pflops eflops zflops yflops",
    // Concentration
    "ppm conppb conngm3 conngNm3 conμgm3 conμgNm3 conmgm3 conmgNm3 congm3 congNm3 conmgdL conmmolL",
    // Currency
    "currencyUSD currencyGBP currencyEUR currencyJPY currencyRUB currencyUAH currencyBRL currencyDKK currencyISK currencyNOK currencySEK currencyCZK currencyCHF currencyPLN currencyBTC currencymBTC currencyμBTC currencyZAR currencyINR currencyKRW currencyIDR currencyPHP currencyVND currencyTRY currencyMYR currencyXPF currencyBGN currencyPYG currencyUYU currencyILS",
    // Data
    "bytes decbytes bits decbits kbytes deckbytes mbytes decmbytes gbytes decgbytes tbytes dectbytes pbytes decpbytes",
    // Data rate
    "pps binBps Bps binbps bps KiBs Kibits KBs Kbits MiBs Mibits MBs Mbits GiBs Gibits GBs Gbits TiBs Tibits TBs Tbits PiBs Pibits PBs Pbits",
    // Date & time
    "dateTimeAsIso dateTimeAsIsoNoDateIfToday dateTimeAsUS dateTimeAsUSNoDateIfToday dateTimeAsLocal dateTimeAsLocalNoDateIfToday dateTimeAsSystem dateTimeFromNow",
    // Energy
    "watt kwatt megwatt gwatt mwatt Wm2 voltamp kvoltamp voltampreact kvoltampreact watth watthperkg kwatth kwattm mwatth amph kamph mamph joule ev amp kamp mamp volt kvolt mvolt dBm mohm ohm kohm Mohm farad µfarad nfarad pfarad ffarad henry mhenry µhenry lumens",
    // Flow
    "flowgpm flowcms flowcfs flowcfm litreh flowlpm flowmlpm lux",
    // Force
    "forceNm forcekNm forceN forcekN",
    // Hash rate
    "Hs KHs MHs GHs THs PHs EHs",
    // Mass
    "massmg massg masslb masskg masst",
    // Length
    "lengthmm lengthcm lengthin lengthft lengthm lengthkm lengthmi",
    // Pressure
    "pressurembar pressurebar pressurekbar pressurepa pressurehpa pressurekpa pressurehg pressurepsi",
    // Radiation
    "radbq radci radgy radrad radsv radmsv radusv radrem radexpckg radr radsvh radmsvh radusvh",
    // Rotational Speed
    "rotrpm rothz rotkhz rotmhz rotghz rotrads rotdegs",
    // Temperature
    "celsius fahrenheit kelvin",
    // Time
    "hertz ns µs ms s m h d dtdurationms dtdurations dthms dtdhms timeticks clockms clocks",
    // Throughput
    "cps ops reqps rps wps iops eps mps recps rowsps cpm opm reqpm rpm wpm epm mpm recpm rowspm",
    // Velocity
    "velocityms velocitykmh velocitymph velocityknot",
    // Volume
    "mlitre litre m3 Nm3 dm3 gallons",
    // Boolean
    "bool bool_yes_no bool_on_off",
  ].flatMap((category) => category.split(" ")),
);

/** Of those, the ones that grafana/dashboard-linter's own list lacks (lint/rule_panel_units.go at 4d0844b). */
const unknownToLinter: ReadonlySet<string> = new Set(
  "sishort candela acres hectares currencyTRY currencyMYR currencyXPF currencyBGN currencyPYG currencyUYU currencyILS mwatth mohm lengthcm rotkhz rotmhz rotghz eps recps rowsps reqpm epm recpm rowspm".split(
    " ",
  ),
);

/** The ids that grafana/dashboard-linter accepts. */
export const linterUnits: ReadonlySet<string> = new Set(
  [...grafanaUnits].filter((id) => !unknownToLinter.has(id)),
);
