// Services by port: facts of the IANA registry, one line each: port, name, transports (t TCP, u UDP, s SCTP).
#include <array>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "base/names.h"

namespace argus {

namespace {

struct Service {
  std::uint16_t port;
  std::string_view name, transports;
};

constexpr auto kServices = std::to_array<Service>({
    {1, "tcpmux", "t"}, {7, "echo", "tu"}, {9, "discard", "tu"}, {11, "systat", "t"}, {13, "daytime", "tu"},
    {15, "netstat", "t"}, {17, "qotd", "t"}, {19, "chargen", "tu"}, {20, "ftp-data", "t"}, {21, "ftp", "t"},
    {21, "fsp", "u"}, {22, "ssh", "t"}, {23, "telnet", "t"}, {25, "smtp", "t"}, {37, "time", "tu"},
    {43, "whois", "t"}, {49, "tacacs", "tu"}, {53, "domain", "tu"}, {67, "bootps", "u"}, {68, "bootpc", "u"},
    {69, "tftp", "u"}, {70, "gopher", "t"}, {79, "finger", "t"}, {80, "http", "t"}, {88, "kerberos", "tu"},
    {102, "iso-tsap", "t"}, {104, "acr-nema", "t"}, {106, "poppassd", "t"}, {110, "pop3", "t"}, {111, "sunrpc", "tu"},
    {113, "auth", "t"}, {119, "nntp", "t"}, {123, "ntp", "u"}, {135, "epmap", "t"}, {137, "netbios-ns", "u"},
    {138, "netbios-dgm", "u"}, {139, "netbios-ssn", "t"}, {143, "imap2", "t"}, {161, "snmp", "tu"},
    {162, "snmp-trap", "tu"}, {163, "cmip-man", "tu"}, {164, "cmip-agent", "tu"}, {174, "mailq", "t"},
    {177, "xdmcp", "u"}, {179, "bgp", "t"}, {199, "smux", "t"}, {209, "qmtp", "t"}, {210, "z3950", "t"},
    {213, "ipx", "u"}, {319, "ptp-event", "u"}, {320, "ptp-general", "u"}, {345, "pawserv", "t"}, {346, "zserv", "t"},
    {369, "rpc2portmap", "tu"}, {370, "codaauth2", "tu"}, {371, "clearcase", "u"}, {389, "ldap", "tu"},
    {427, "svrloc", "tu"}, {443, "https", "tus"}, {444, "snpp", "t"}, {445, "microsoft-ds", "t"},
    {464, "kpasswd", "tu"}, {465, "submissions", "t"}, {487, "saft", "t"}, {500, "isakmp", "u"}, {512, "exec", "t"},
    {512, "biff", "u"}, {513, "login", "t"}, {513, "who", "u"}, {514, "shell", "t"}, {514, "syslog", "u"},
    {515, "printer", "t"}, {517, "talk", "u"}, {518, "ntalk", "u"}, {520, "route", "u"}, {538, "gdomap", "tu"},
    {540, "uucp", "t"}, {543, "klogin", "t"}, {544, "kshell", "t"}, {546, "dhcpv6-client", "u"},
    {547, "dhcpv6-server", "u"}, {548, "afpovertcp", "t"}, {554, "rtsp", "tu"}, {563, "nntps", "t"},
    {587, "submission", "t"}, {607, "nqs", "t"}, {623, "asf-rmcp", "u"}, {628, "qmqp", "t"}, {631, "ipp", "t"},
    {636, "ldaps", "tu"}, {646, "ldp", "tu"}, {655, "tinc", "tu"}, {706, "silc", "t"}, {749, "kerberos-adm", "t"},
    {750, "kerberos4", "tu"}, {751, "kerberos-master", "tu"}, {752, "passwd-server", "u"}, {754, "krb-prop", "t"},
    {775, "moira-db", "t"}, {777, "moira-update", "t"}, {779, "moira-ureg", "u"}, {783, "spamd", "t"},
    {853, "domain-s", "tu"}, {871, "supfilesrv", "t"}, {873, "rsync", "t"}, {989, "ftps-data", "t"},
    {990, "ftps", "t"}, {992, "telnets", "t"}, {993, "imaps", "t"}, {995, "pop3s", "t"}, {1080, "socks", "t"},
    {1093, "proofd", "t"}, {1094, "rootd", "t"}, {1099, "rmiregistry", "t"}, {1127, "supfiledbg", "t"},
    {1178, "skkserv", "t"}, {1194, "openvpn", "tu"}, {1210, "predict", "u"}, {1236, "rmtcfg", "t"},
    {1313, "xtel", "t"}, {1314, "xtelw", "t"}, {1352, "lotusnote", "t"}, {1433, "ms-sql-s", "t"},
    {1434, "ms-sql-m", "u"}, {1524, "ingreslock", "t"}, {1645, "datametrics", "tu"}, {1646, "sa-msg-port", "tu"},
    {1649, "kermit", "t"}, {1677, "groupwise", "t"}, {1701, "l2f", "u"}, {1812, "radius", "tu"},
    {1813, "radius-acct", "tu"}, {1883, "mqtt", "t"}, {1900, "ssdp", "u"}, {2000, "cisco-sccp", "t"},
    {2049, "nfs", "tu"}, {2086, "gnunet", "tu"}, {2101, "rtcm-sc104", "tu"}, {2102, "zephyr-srv", "u"},
    {2103, "zephyr-clt", "u"}, {2104, "zephyr-hm", "u"}, {2119, "gsigatekeeper", "t"}, {2121, "iprop", "t"},
    {2123, "gtp-control", "u"}, {2135, "gris", "t"}, {2152, "gtp-user", "u"}, {2375, "docker", "t"},
    {2401, "cvspserver", "t"}, {2430, "venus", "tu"}, {2431, "venus-se", "tu"}, {2432, "codasrv", "tu"},
    {2433, "codasrv-se", "tu"}, {2583, "mon", "tu"}, {2600, "zebrasrv", "t"}, {2601, "zebra", "t"},
    {2602, "ripd", "t"}, {2603, "ripngd", "t"}, {2604, "ospfd", "t"}, {2605, "bgpd", "t"}, {2606, "ospf6d", "t"},
    {2607, "ospfapi", "t"}, {2608, "isisd", "t"}, {2628, "dict", "t"}, {2792, "f5-globalsite", "t"},
    {2811, "gsiftp", "t"}, {2947, "gpsd", "t"}, {3050, "gds-db", "t"}, {3130, "icpv2", "u"}, {3205, "isns", "tu"},
    {3260, "iscsi-target", "t"}, {3306, "mysql", "t"}, {3389, "ms-wbt-server", "t"}, {3478, "stun", "tu"},
    {3493, "nut", "tu"}, {3632, "distcc", "t"}, {3689, "daap", "t"}, {3690, "svn", "t"}, {4031, "suucp", "t"},
    {4094, "sysrqd", "t"}, {4190, "sieve", "t"}, {4353, "f5-iquery", "t"}, {4369, "epmd", "t"}, {4373, "remctl", "t"},
    {4460, "ntske", "t"}, {4500, "ipsec-nat-t", "u"}, {4557, "fax", "t"}, {4559, "hylafax", "t"}, {4569, "iax", "u"},
    {4691, "mtn", "t"}, {4789, "vxlan", "u"}, {4899, "radmin-port", "t"}, {4949, "munin", "t"}, {5060, "sip", "tu"},
    {5061, "sip-tls", "tu"}, {5222, "xmpp-client", "t"}, {5269, "xmpp-server", "t"}, {5308, "cfengine", "t"},
    {5353, "mdns", "u"}, {5355, "llmnr", "u"}, {5432, "postgresql", "t"}, {5555, "rplay", "u"},
    {5556, "freeciv", "t"}, {5666, "nrpe", "t"}, {5667, "nsca", "t"}, {5671, "amqps", "t"}, {5672, "amqp", "ts"},
    {5680, "canna", "t"}, {5900, "vnc", "t"}, {6000, "x11", "t"}, {6001, "x11-1", "t"}, {6002, "x11-2", "t"},
    {6003, "x11-3", "t"}, {6004, "x11-4", "t"}, {6005, "x11-5", "t"}, {6006, "x11-6", "t"}, {6007, "x11-7", "t"},
    {6081, "geneve", "u"}, {6346, "gnutella-svc", "tu"}, {6347, "gnutella-rtr", "tu"}, {6379, "redis", "t"},
    {6443, "kube-api", "t"}, {6444, "sge-qmaster", "t"}, {6445, "sge-execd", "t"}, {6446, "mysql-proxy", "t"},
    {6514, "syslog-tls", "t"}, {6566, "sane-port", "t"}, {6667, "ircd", "t"}, {6696, "babel", "u"},
    {6697, "ircs-u", "t"}, {7000, "bbs", "t"}, {7000, "afs3-fileserver", "u"}, {7001, "afs3-callback", "u"},
    {7002, "afs3-prserver", "u"}, {7003, "afs3-vlserver", "u"}, {7004, "afs3-kaserver", "u"},
    {7005, "afs3-volser", "u"}, {7007, "afs3-bos", "u"}, {7008, "afs3-update", "u"}, {7009, "afs3-rmtsys", "u"},
    {7100, "font-service", "t"}, {8021, "zope-ftp", "t"}, {8080, "http-alt", "t"}, {8081, "tproxy", "t"},
    {8088, "omniorb", "t"}, {8140, "puppet", "t"}, {8443, "https-alt", "t"}, {8883, "mqtts", "t"},
    {8990, "clc-build-daemon", "t"}, {9092, "kafka", "t"}, {9098, "xinetd", "t"}, {9100, "jetdirect", "t"},
    {9101, "bacula-dir", "t"}, {9102, "bacula-fd", "t"}, {9103, "bacula-sd", "t"}, {9200, "elasticsearch", "t"},
    {9418, "git", "t"}, {9667, "xmms2", "t"}, {9673, "zope", "t"}, {10000, "webmin", "t"},
    {10050, "zabbix-agent", "t"}, {10051, "zabbix-trapper", "t"}, {10080, "amanda", "t"}, {10081, "kamanda", "t"},
    {10082, "amandaidx", "t"}, {10083, "amidxtape", "t"}, {10809, "nbd", "t"}, {11112, "dicom", "t"},
    {11211, "memcache", "tu"}, {11371, "hkp", "t"}, {17001, "sgi-cmsd", "u"}, {17002, "sgi-crsd", "u"},
    {17003, "sgi-gcd", "u"}, {17004, "sgi-cad", "t"}, {17500, "db-lsp", "t"}, {22125, "dcap", "t"},
    {22128, "gsidcap", "t"}, {22273, "wnn6", "t"}, {24554, "binkp", "t"}, {27017, "mongodb", "t"},
    {27374, "asp", "tu"}, {30865, "csync2", "t"}, {51820, "wireguard", "u"}, {57000, "dircproxy", "t"},
    {60177, "tfido", "t"}, {60179, "fido", "t"},
});

constexpr char transport_letter(Proto proto) {
  if (proto == kProtoTcp) return 't';
  if (proto == kProtoUdp || proto == kProtoUdpLite) return 'u';
  return proto == kProtoSctp ? 's' : ' ';
}

using ByPort = std::unordered_multimap<std::uint16_t, const Service*>;
const ByPort& services_by_port() {
  static const auto made = [] {
    ByPort out;
    for (const Service& service : kServices) out.emplace(service.port, &service);
    return out;
  }();
  return made;
}

}  // namespace

std::string_view service_name(std::uint16_t port, Proto proto) {
  if (!has_ports(proto)) return {};
  const char letter = transport_letter(proto);
  std::string_view other;
  const auto [begin, end] = services_by_port().equal_range(port);
  for (auto at = begin; at != end; ++at) {
    if (at->second->transports.find(letter) != std::string_view::npos) return at->second->name;
    other = at->second->name;
  }
  return other;
}

std::optional<std::uint16_t> find_service(std::string_view name, Proto proto) {
  const char letter = transport_letter(proto);
  std::optional<std::uint16_t> other;
  for (const Service& service : kServices) {
    if (service.name != name) continue;
    if (proto == 0 || service.transports.find(letter) != std::string_view::npos) return service.port;
    other = service.port;
  }
  return other;
}

std::vector<std::string> service_names() {
  std::vector<std::string> out;
  for (const Service& service : kServices) out.emplace_back(service.name);
  return out;
}

}  // namespace argus
