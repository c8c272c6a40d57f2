#include "import/damage.h"

#include "base/count_text.h"
#include "base/result.h"

namespace argus {

void note_damage(std::string_view input, std::uint64_t at, std::uint64_t records, std::uint64_t bytes,
                 ImportFacts& facts) {
  if (facts.places++ == 0) facts.first_place = at;
  facts.lost += records;
  facts.skipped += bytes;
  std::string what = count_text(facts.lost, "record") + " lost";
  if (facts.skipped != 0) what += ", " + count_text(facts.skipped, "byte") + " skipped";
  Error said =
      fail(Errc::corrupt, "{}: damaged at byte {}{}: {}", input, facts.first_place,
           facts.places == 1 ? "" : fmt::format(" and in {} more", count_text(facts.places - 1, "place")), what);
  if (facts.places == 1) facts.problems.insert(facts.problems.begin(), std::move(said));
  else facts.problems.front() = std::move(said);
}

void note_cut(std::string_view input, ImportFacts& facts) {
  facts.lost++;
  facts.problems.push_back(fail(Errc::corrupt, "{}: ends in the middle of a record; {} before it {} good", input,
                                count_text(facts.records, "record"), facts.records == 1 ? "is" : "are"));
}

}  // namespace argus
