// What one end of a flow did, and in which order (shist, dhist): the letters of Zeek's conn.log that packets tell. For
// each letter five bits, the place among the letters of both ends at which it came first, from 1; 0: it never did.
// These numbers stand in files and never change.
#pragma once

#include <cstdint>
#include <string_view>

namespace argus {

enum class Deed : std::uint8_t {
  syn,          // S: a SYN without ACK
  syn_ack,      // H: a SYN with ACK
  ack,          // A: an ACK alone
  data,         // D: a packet with payload
  fin,          // F
  reset,        // R
  retransmit,   // T: a segment again
  zero_window,  // W
  odd_syn,      // Q: SYN with FIN or RST
  odd_fin,      // I: FIN with RST
};

inline constexpr std::string_view kDeedLetters = "SHADFRTWQI";  // by Deed

[[nodiscard]] constexpr std::uint64_t place_of(std::uint64_t deeds, unsigned deed) { return deeds >> 5 * deed & 31; }

// Notes that an end did so; `places` are those taken by both ends so far.
constexpr void note_deed(std::uint64_t& deeds, Deed deed, std::uint8_t& places) {
  const auto at = static_cast<unsigned>(deed);
  if (place_of(deeds, at) == 0) deeds |= std::uint64_t{++places} << 5 * at;
}

}  // namespace argus
