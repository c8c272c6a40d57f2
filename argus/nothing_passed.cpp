#include "argus/nothing_passed.h"

#include <array>

namespace argus {

namespace {

struct Reason {
  FieldSet fields;
  std::string_view sentence;
};

const std::array<Reason, 4>& reasons() {
  static const std::array<Reason, 4> all = {{
      {{Field::sco, Field::dco, Field::scity, Field::dcity, Field::sorg, Field::dorg, Field::snet, Field::dnet,
        Field::label},
       "no record passed the filter; labels are in records that argus label wrote, and with --labels FILE in all"},
      {{Field::sname, Field::dname},
       "no record passed the filter; names are in records of captures, and of argus capture --dns-names"},
      {detail_fields(), "no record passed the filter; what it asks is in records of argus capture --details"},
      {{Field::dur, Field::trans},
       "no record passed the filter; a record is a part of its flow (--status, a minute). To ask of whole flows: "
       "argus cluster -r FILE then show - FILTER"},
  }};
  return all;
}

}  // namespace

std::string_view why_nothing_passed(const FieldSet& read) {
  for (const Reason& reason : reasons())
    if (read.meets(reason.fields)) return reason.sentence;
  return {};
}

}  // namespace argus
