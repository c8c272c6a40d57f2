// Saying why a word of the classic language is none here is adding a row.
#include "filter/unheld.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace argus {

namespace {

constexpr auto kUnheld = std::to_array<UnheldWord>({
    {"seq base", "asks for TCP sequence numbers, of which records hold the first",
     "tcpb 12345; what was made of the others is: retrans outoforder gap"},
    {"spi", "asks for the SPI of ESP, which records do not hold", "esp is a test"},
    {"asn", "asks for AS numbers, which the word as does", "as 64500; sas and das are those of one end"},
    {"cocode", "asks for countries, which the word co does", "co DE; sco and dco are those of one end"},
    {"intpktidle", "asks for the times between packets, which the word intpktidl does", "intpktidl > 1s"},
    {"jitter jitidle", "asks for the jitter of packets, which the words jit and jitidl do", "jit > 10ms"},
    {"nstroke nstrokes", "asks for keystrokes, which records do not hold", ""},
    {"deldur delstime delltime cor",
     "asks for records of several sensors that were correlated, of which there are none", "srcid compares the sensor"},
    {"len", "asks for the length of a packet, which records do not hold", "smeansz and dmeansz are the means"},
    {"tcpecho tcpechoreply tcpcc tcpccnew tcpccecho", "asks for a TCP option that records do not hold by itself",
     "tcpopt & 0x20 is any of the rarer options"},
    {"rtr mbr lvg", "asks for the type of an IGMP message, which records do not hold", "igmp is a test"},
    {"rtp rtcp udt", "asks for what is in the payload of UDP, which records do not hold", "udp port N is a test"},
    {"hello lsp csnp psnp", "asks for messages of IS-IS, which records do not tell apart", "llc is a test"},
    {"suser duser", "asks for the payload of packets, which records do not hold", "appbytes is its size"},
    {"gateway", "asks for a host by its name, and names are not looked up",
     "write ether host MAC and not host ADDRESS"},
    {"error", "asks for records of faults of the sensor, of which there are none",
     "unreach, redirect and timexed are the errors of ICMP"},
    {"inbound outbound", "asks where the sensor's own network is, which records do not hold",
     "write src net N or dst net N"},
    {"dup", "asks for packets that were seen twice, which records do not count", ""},
    {"multipath mpath", "asks whether one side had several MAC addresses, which records do not hold",
     "smac and dmac are absent where there were several"},
    {"anon", "asks whether records were made anonymous, which they do not say", ""},
});

bool is_of(const UnheldWord& row, std::string_view word) {
  const auto words = split_words(row.words, " ");
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

std::span<const UnheldWord> unheld_words() { return kUnheld; }

const UnheldWord* find_unheld(std::string_view word) {
  const bool sided = word.size() > 1 && (word[0] == 's' || word[0] == 'd');
  for (const UnheldWord& row : kUnheld)
    if (is_of(row, word) || (sided && is_of(row, word.substr(1)))) return &row;
  return nullptr;
}

}  // namespace argus
