#include "flow/format_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "base/text.h"
#include "flow/events.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/state.h"
#include "flow/value_words.h"

namespace argus {

namespace {

constexpr auto kCauses = std::to_array<CodeWord>({
    {static_cast<std::uint32_t>(Cause::status), "status"},
    {static_cast<std::uint32_t>(Cause::flush), "flush"},
    {static_cast<std::uint32_t>(Cause::shutdown), "shutdown"},
    {static_cast<std::uint32_t>(Cause::timeout), "timeout"},
    {static_cast<std::uint32_t>(Cause::evicted), "evicted"},
    {static_cast<std::uint32_t>(Cause::closed), "closed"},
    {static_cast<std::uint32_t>(Cause::reset), "reset"},
});

constexpr auto kReasons = std::to_array<CodeWord>({
    {static_cast<std::uint32_t>(DirWhy::first_packet), "first"},
    {static_cast<std::uint32_t>(DirWhy::port), "port"},
    {static_cast<std::uint32_t>(DirWhy::request), "request"},
    {static_cast<std::uint32_t>(DirWhy::syn_ack), "synack"},
    {static_cast<std::uint32_t>(DirWhy::syn), "syn"},
});

constexpr auto kZeekStates = std::to_array<CodeWord>({
    {kZeekS0, "S0"},
    {kZeekS1, "S1"},
    {kZeekSF, "SF"},
    {kZeekRej, "REJ"},
    {kZeekS2, "S2"},
    {kZeekS3, "S3"},
    {kZeekRsto, "RSTO"},
    {kZeekRstr, "RSTR"},
    {kZeekRstos0, "RSTOS0"},
    {kZeekRstrh, "RSTRH"},
    {kZeekSh, "SH"},
    {kZeekShr, "SHR"},
    {kZeekOth, "OTH"},
});

constexpr auto kStates = std::to_array<CodeWord>({
    {kStateRequest, "REQ"},
    {kStateAccepted, "ACC"},
    {kStateConnected, "CON"},
    {kStateFin, "FIN"},
    {kStateReset, "RST"},
    {kStateTimeout, "TIM"},
    {kStateInitial, "INT"},
    {kStateResponse, "RSP"},
    // ICMP (RFC 792 and the IANA registry)
    {kStateIcmp4 | 0, "ECR"},
    {kStateIcmp4 | 4, "SRC"},
    {kStateIcmp4 | 5, "RED"},
    {kStateIcmp4 | 6, "AHA"},
    {kStateIcmp4 | 8, "ECO"},
    {kStateIcmp4 | 9, "RTA"},
    {kStateIcmp4 | 10, "RTS"},
    {kStateIcmp4 | 11, "TXD"},
    {kStateIcmp4 | 12, "PAR"},
    {kStateIcmp4 | 13, "TST"},
    {kStateIcmp4 | 14, "TSR"},
    {kStateIcmp4 | 15, "IRQ"},
    {kStateIcmp4 | 16, "IRR"},
    {kStateIcmp4 | 17, "MAS"},
    {kStateIcmp4 | 18, "MSR"},
    {kStateIcmp4 | 19, "SEC"},
    {kStateIcmp4 | 20, "ROB"},
    {kStateIcmp4 | 30, "TRC"},
    {kStateIcmp4 | 31, "DCE"},
    {kStateIcmp4 | 32, "MHR"},
    {kStateIcmp4 | 33, "WAY"},
    {kStateIcmp4 | 34, "IAH"},
    {kStateIcmp4 | 35, "MRQ"},
    {kStateIcmp4 | 36, "MRP"},
    {kStateIcmp4 | 37, "DNQ"},
    {kStateIcmp4 | 38, "DNP"},
    {kStateIcmp4 | 39, "SKP"},
    {kStateIcmp4 | 40, "PHO"},
    {kStateIcmp4Unreach | 0, "URN"},
    {kStateIcmp4Unreach | 1, "URH"},
    {kStateIcmp4Unreach | 2, "URO"},
    {kStateIcmp4Unreach | 3, "URP"},
    {kStateIcmp4Unreach | 4, "URF"},
    {kStateIcmp4Unreach | 5, "URS"},
    {kStateIcmp4Unreach | 6, "URNU"},
    {kStateIcmp4Unreach | 7, "URHU"},
    {kStateIcmp4Unreach | 8, "URISO"},
    {kStateIcmp4Unreach | 9, "URNPRO"},
    {kStateIcmp4Unreach | 10, "URHPRO"},
    {kStateIcmp4Unreach | 11, "URNTOS"},
    {kStateIcmp4Unreach | 12, "URHTOS"},
    {kStateIcmp4Unreach | 13, "URFIL"},
    {kStateIcmp4Unreach | 14, "URPRE"},
    {kStateIcmp4Unreach | 15, "URCUT"},
    // ICMPv6 (RFC 4443, RFC 4861)
    {kStateIcmp6 | 2, "PTB"},
    {kStateIcmp6 | 3, "TXT"},
    {kStateIcmp6 | 4, "PPH"},
    {kStateIcmp6 | 128, "ECO"},
    {kStateIcmp6 | 129, "ECR"},
    {kStateIcmp6 | 130, "MRQ"},
    {kStateIcmp6 | 131, "MHR"},
    {kStateIcmp6 | 132, "MLD"},
    {kStateIcmp6 | 133, "NRS"},
    {kStateIcmp6 | 134, "NRA"},
    {kStateIcmp6 | 135, "NNS"},
    {kStateIcmp6 | 136, "NNA"},
    {kStateIcmp6 | 137, "RED"},
    {kStateIcmp6 | 143, "ML2"},
    {kStateIcmp6Unreach | 0, "URNR"},
    {kStateIcmp6Unreach | 1, "URAD"},
    {kStateIcmp6Unreach | 2, "URBS"},
    {kStateIcmp6Unreach | 3, "URAR"},
    {kStateIcmp6Unreach | 4, "URP"},
    {kStateIcmp6Unreach | 5, "URSF"},
    {kStateIcmp6Unreach | 6, "URRR"},
});

constexpr auto kEncapsulations = std::to_array<CodeWord>({
    {kEncMpls, "mpls"},       {kEncEthernet, "eth"},  {kEncVlan, "vlan"},
    {kEncLlc, "llc"},         {kEncPppoe, "pppoe"},   {kEncGre, "gre"},
    {kEncAh, "ah"},           {kEncIpInIp, "ipip"},   {kEncSll, "sll"},
    {kEncNull, "null"},       {kEncRawIp, "raw"},     {kEncWlan, "wlan"},
    {kEncPpp, "ppp"},         {kEncHdlc, "hdlc"},     {kEncFrameRelay, "frelay"},
    {kEncSlip, "slip"},       {kEncVxlan, "vxlan"},   {kEncGeneve, "geneve"},
    {kEncGtpu, "gtpu"},       {kEncTeredo, "teredo"}, {kEncL2tp, "l2tp"},
    {kEncEtherIp, "etherip"}, {kEncErspan, "erspan"}, {kEncUdp, "udp"},
    {kEncSrv6, "srv6"},       {kEncNsh, "nsh"},
});

constexpr CodeWord named(Tunnel kind, std::string_view word) { return {static_cast<std::uint32_t>(kind), word}; }
constexpr auto kTunnels = std::to_array<CodeWord>({
    named(Tunnel::gre, "gre"),        named(Tunnel::nvgre, "nvgre"),         named(Tunnel::erspan, "erspan"),
    named(Tunnel::wccp, "wccp"),      named(Tunnel::pptp, "pptp"),           named(Tunnel::ipip, "ipip"),
    named(Tunnel::ip6in4, "6in4"),    named(Tunnel::ip4in6, "4in6"),         named(Tunnel::ip6in6, "6in6"),
    named(Tunnel::vxlan, "vxlan"),    named(Tunnel::vxlan_gpe, "vxlan-gpe"), named(Tunnel::geneve, "geneve"),
    named(Tunnel::gtpu, "gtpu"),      named(Tunnel::teredo, "teredo"),       named(Tunnel::l2tp, "l2tp"),
    named(Tunnel::l2tpv3, "l2tpv3"),  named(Tunnel::etherip, "etherip"),     named(Tunnel::mpls_udp, "mplsudp"),
    named(Tunnel::mpls_ip, "mplsip"), named(Tunnel::srv6, "srv6"),
});

// IANA's registry of differentiated services code points: RFC 2474, 2597, 3246, 5865, 8622.
constexpr auto kCodePoints = std::to_array<CodeWord>({
    {0, "cs0"},   {8, "cs1"},   {16, "cs2"},  {24, "cs3"},  {32, "cs4"},  {40, "cs5"},  {48, "cs6"},  {56, "cs7"},
    {10, "af11"}, {12, "af12"}, {14, "af13"}, {18, "af21"}, {20, "af22"}, {22, "af23"}, {26, "af31"}, {28, "af32"},
    {30, "af33"}, {34, "af41"}, {36, "af42"}, {38, "af43"}, {46, "ef"},   {44, "va"},   {1, "le"},
});

}  // namespace

const std::span<const CodeWord> kCauseWords = kCauses;
const std::span<const CodeWord> kZeekStateWords = kZeekStates;
const std::span<const CodeWord> kDirWhyWords = kReasons;
const std::span<const CodeWord> kStateWords = kStates;
const std::span<const CodeWord> kEncapsWords = kEncapsulations;
const std::span<const CodeWord> kTunnelWords = kTunnels;
const std::span<const CodeWord> kDscpWords = kCodePoints;

std::vector<std::string_view> value_words(Field field) {
  struct Row {
    Format format;
    std::span<const CodeWord> words;
  };
  const auto rows = std::to_array<Row>({{Format::cause, kCauses},
                                        {Format::dirwhy, kReasons},
                                        {Format::state, kStates},
                                        {Format::zstate, kZeekStates},
                                        {Format::encaps, kEncapsulations},
                                        {Format::tunnel, kTunnels},
                                        {Format::dscp, kCodePoints}});
  std::vector<std::string_view> out;
  for (const Row& row : rows)
    if (row.format == info(field).format)
      for (const CodeWord& known : row.words) out.push_back(known.word);
  return out;
}

void append_word(std::span<const CodeWord> words, std::uint64_t code, std::string& out) {
  for (const auto& known : words)
    if (known.code == code) return (void)(out += known.word);
  append_number(code, out);
}

void append_oui(std::uint64_t oui, std::string& out) {
  fmt::format_to(std::back_inserter(out), "{:02x}:{:02x}:{:02x}", oui >> 16 & 0xff, oui >> 8 & 0xff, oui & 0xff);
}

void append_letters(std::string_view letters, std::uint64_t bits, std::string& out) {
  for (std::size_t i = 0; i < letters.size(); i++)
    if ((bits >> i & 1) != 0) out += letters[i];
}

void append_encaps(std::uint64_t bits, std::string& out) {
  bool first = true;
  const auto put = [&](std::string_view word) {
    if (!std::exchange(first, false)) out += ',';
    out += word;
  };
  for (const auto& [bit, word] : kEncapsWords)
    if ((bits & bit) != 0) put(word), bits &= ~std::uint64_t{bit};
  if (bits != 0) put(fmt::format("{:#x}", bits));  // of a later version
}

std::string state_text(std::uint16_t code) {
  std::string out;
  for (const auto& known : kStateWords)
    if (known.code == code) return out += known.word;
  // Messages without a name: their type, or their code behind the type's word.
  if ((code & 0xf000) == kStateIcmp4Unreach || (code & 0xf000) == kStateIcmp6Unreach) out = "UR";
  append_number(std::uint64_t{code} & 0xff, out);
  return out;
}

std::optional<std::uint16_t> find_state(std::string_view text) {
  std::string upper;
  for (const char c : text) upper += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  for (const auto& known : kStateWords)
    if (known.word == upper) return static_cast<std::uint16_t>(known.code);
  return std::nullopt;
}

}  // namespace argus
