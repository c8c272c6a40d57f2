// The words of the filter language that stand for something longer: one row each in src/filter/primitives.cpp. Field
// names and protocol names are words of the language by themselves.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace argus {

// How the value behind a word is read.
enum class Takes : std::uint8_t {
  nothing,    // a word by itself
  value,      // as the field's values: number, range, time, address or net, name
  host,       // an address
  net,        // a network: A/n, A mask M
  port,       // a number, a service name, lo-hi or lo:hi
  bits,       // a name or number whose bits are looked for
  vlan,       // a VLAN id: a number up to 4095
  tunnel_id,  // a number, in tunnels of which the text without a value holds
  dscp,       // the upper six bits of the field; cs0-cs7, af11-af43, ef
};

struct Primitive {
  std::string_view name, aliases;  // aliases with blanks between
  // Alone it stands for this text of the language. '%' is the side, s or d: without a direction the text holds for
  // either side. '@' is `bits`.
  std::string_view alone;
  std::uint64_t bits;
  // With a value it compares this field; a name without side ("port") is sport or dport.
  std::string_view field;
  Takes takes;
  std::string_view help;
};

[[nodiscard]] std::span<const Primitive> primitives();
[[nodiscard]] const Primitive* find_primitive(std::string_view name_or_alias);  // null when there is none
[[nodiscard]] const std::vector<std::string>& filter_words();  // all that a filter may begin with, for suggestions

// A page about the language with a line a row.
[[nodiscard]] std::string filter_help();

}  // namespace argus
