// What is made of several elements together, and what all rows of an exporter have.
#include <algorithm>
#include <initializer_list>

#include "base/address.h"
#include "base/names.h"
#include "base/time.h"
#include "base/time_range.h"
#include "collect/elements.h"
#include "collect/exporters.h"
#include "collect/extras.h"
#include "collect/fill.h"
#include "collect/row_table.h"
#include "flow/field.h"

namespace argus {

namespace {

struct Rows {
  std::size_t first, count;
  RowTable& table;
  const Extras& extras;
};

std::uint64_t times(std::uint64_t count, std::uint64_t rate) {
  std::uint64_t out;
  return __builtin_mul_overflow(count, rate, &out) ? UINT64_MAX : out;
}

// Counters behind the exporter are those of what it let pass, and only needed where nothing else is there. Of NetFlow 9
// they are called OUT_BYTES and OUT_PKTS, and firewalls put the other direction there.
void take_post_counters(const Rows& rows, bool is_reverse) {
  struct Pair {
    Extra extra;
    Field own, other;
  };
  for (const Pair& pair :
       {Pair{Extra::post_bytes, Field::sbytes, Field::dbytes}, Pair{Extra::post_pkts, Field::spkts, Field::dpkts}}) {
    if (!rows.extras.any(pair.extra)) continue;
    auto& own = rows.table.of<std::uint64_t>(pair.own);
    auto& other = rows.table.of<std::uint64_t>(pair.other);
    own.reach(rows.first + rows.count), other.reach(rows.first + rows.count);
    for (std::size_t i = 0; i < rows.count; i++) {
      if (!rows.extras.has(pair.extra, i)) continue;
      const std::size_t row = rows.first + i;
      const std::uint64_t value = rows.extras.at(pair.extra, i);
      if (!own.has(row) || (!is_reverse && own.at(row) == 0)) own.put(row, value);
      else if (is_reverse && !other.has(row)) other.put(row, value);
    }
  }
}

// ICMP has its type and code where others have the destination's port, or in elements of their own.
void tell_ports_from_icmp(const Rows& rows) {
  auto& proto = rows.table.of<std::uint16_t>(Field::proto);
  auto& sport = rows.table.of<std::uint16_t>(Field::sport);
  auto& dport = rows.table.of<std::uint16_t>(Field::dport);
  auto& type = rows.table.of<std::uint8_t>(Field::itype);
  auto& code = rows.table.of<std::uint8_t>(Field::icode);
  const bool none_told = type.has_none(rows.first, rows.count) && code.has_none(rows.first, rows.count);
  for (std::size_t i = 0; i < rows.count; i++) {
    const std::size_t row = rows.first + i;
    if (!proto.has(row) || has_ports(proto.at(row))) {
      // Exporters have the elements of ICMP in templates for all protocols.
      if (!none_told && proto.has(row)) type.remove(row), code.remove(row);
      continue;
    }
    if (proto.at(row) == kProtoIcmp || proto.at(row) == kProtoIcmp6) {
      std::optional<std::uint64_t> both = rows.extras.of(Extra::icmp, i);
      if (dport.has(row) && (!both || *both == 0)) both = dport.at(row);
      if (both && !type.has(row)) {
        type.reach(rows.first + rows.count), code.reach(rows.first + rows.count);
        type.put(row, static_cast<std::uint8_t>(*both >> 8)), code.put(row, static_cast<std::uint8_t>(*both));
      }
    } else {
      type.remove(row), code.remove(row);
    }
    sport.remove(row), dport.remove(row);
  }
}

void add_priority(const Rows& rows) {
  if (!rows.extras.any(Extra::priority)) return;
  auto& vlan = rows.table.of<std::uint16_t>(Field::svlan);
  for (std::size_t i = 0; i < rows.count; i++)
    if (const std::size_t row = rows.first + i; vlan.has(row) && rows.extras.has(Extra::priority, i))
      vlan.put(row,
               static_cast<std::uint16_t>((vlan.at(row) & 0x0fff) | ((rows.extras.at(Extra::priority, i) & 7) << 13)));
}

// The fields of a record's times that have a value.
class RowTimes {
 public:
  RowTimes(RowTable& table, std::size_t rows)
      : sstart_(table.of<Nanos>(Field::sstime)),
        send_(table.of<Nanos>(Field::sltime)),
        dstart_(table.of<Nanos>(Field::dstime)),
        dend_(table.of<Nanos>(Field::dltime)),
        first_(table.of<Nanos>(Field::stime)),
        last_(table.of<Nanos>(Field::ltime)),
        begun_(table.of<Nanos>(Field::ftime)),
        dpkts_(table.of<std::uint64_t>(Field::dpkts)) {
    for (Slot<Nanos>* slot : {&sstart_, &send_, &first_, &last_, &begun_}) slot->reach(rows);
  }
  // `duration`, `event` as they are told, or nothing; `exported` where no other time is.
  void settle(std::size_t row, std::optional<Nanos> duration, std::optional<Nanos> event, Nanos exported) {
    if (!sstart_.has(row) && send_.has(row) && duration)
      sstart_.put(row, std::max(send_.at(row) - *duration, kTimeLeast));
    if (!sstart_.has(row) && event) sstart_.put(row, *event);
    if (!sstart_.has(row) && send_.has(row)) sstart_.put(row, send_.at(row));
    if (!sstart_.has(row) && dstart_.has(row)) sstart_.put(row, dstart_.at(row));
    if (!sstart_.has(row)) sstart_.put(row, exported);
    if (!send_.has(row) && duration) send_.put(row, std::min(sstart_.at(row) + *duration, kTimeMost));
    if (!send_.has(row)) send_.put(row, event ? *event : sstart_.at(row));
    order(sstart_, send_, row);
    if (dstart_.has(row) && dend_.has(row)) order(dstart_, dend_, row);
    Nanos first = sstart_.at(row), last = send_.at(row);
    if (dstart_.has(row)) first = std::min(first, dstart_.at(row)), last = std::max(last, dstart_.at(row));
    if (dend_.has(row)) first = std::min(first, dend_.at(row)), last = std::max(last, dend_.at(row));
    first_.put(row, first), last_.put(row, last), begun_.put(row, first);
    // Times of both directions are no times of the source alone.
    const bool both = dpkts_.has(row) && dpkts_.at(row) != 0;
    if (both && !dstart_.has(row)) sstart_.remove(row), send_.remove(row);
  }

 private:
  // A flow that ended before it began is told by a clock that turned over.
  static void order(Slot<Nanos>& first, Slot<Nanos>& last, std::size_t row) {
    if (last.at(row) < first.at(row)) last.put(row, first.at(row));
  }
  Slot<Nanos>&sstart_, &send_, &dstart_, &dend_, &first_, &last_, &begun_;
  Slot<std::uint64_t>& dpkts_;
};

// Records that tell when the source began and ended, and nothing else: nearly all. False: these tell otherwise.
bool settle_plain_times(const Rows& rows) {
  const auto slot = [&](Field field) -> Slot<Nanos>& { return rows.table.of<Nanos>(field); };
  const std::size_t first = rows.first, count = rows.count;
  if (!slot(Field::sstime).has_all(first, count) || !slot(Field::sltime).has_all(first, count) ||
      !slot(Field::dstime).has_none(first, count) || !slot(Field::dltime).has_none(first, count) ||
      !rows.table.of<std::uint64_t>(Field::dpkts).has_none(first, count))
    return false;
  const Nanos* begin = slot(Field::sstime).put_all(first, count);
  Nanos* end = slot(Field::sltime).put_all(first, count);
  // A flow that ended before it began is told by a clock that turned over.
  for (std::size_t i = 0; i < count; i++) end[i] = std::max(begin[i], end[i]);
  for (const Field field : {Field::stime, Field::ftime}) std::copy_n(begin, count, slot(field).put_all(first, count));
  std::copy_n(end, count, slot(Field::ltime).put_all(first, count));
  return true;
}

void settle_times(const Rows& rows, Nanos exported) {
  if (settle_plain_times(rows)) return;
  RowTimes out(rows.table, rows.first + rows.count);
  const auto time = [&](Extra extra, std::size_t i) {
    const auto told = rows.extras.of(extra, i);
    return told ? std::optional(static_cast<Nanos>(*told)) : std::nullopt;
  };
  for (std::size_t i = 0; i < rows.count; i++)
    out.settle(rows.first + i, time(Extra::duration, i), time(Extra::event, i), exported);
}

std::uint32_t rate_of(const Rows& rows, std::size_t i, const MessageFacts& message, const Domain& domain) {
  const auto own = rows.extras.of(Extra::interval, i);
  if (own && *own != 0) return static_cast<std::uint32_t>(std::min<std::uint64_t>(*own, UINT32_MAX));
  if (const std::uint32_t rate = domain.rate_of(rows.extras.of(Extra::sampler, i)); rate != 0) return rate;
  return message.rate;
}

void multiply(RowTable& table, std::size_t row, std::uint32_t rate) {
  for (const Field field :
       {Field::spkts, Field::dpkts, Field::sbytes, Field::dbytes, Field::sappbytes, Field::dappbytes}) {
    auto& slot = table.of<std::uint64_t>(field);
    if (slot.has(row)) slot.put(row, times(slot.at(row), rate));
  }
}

void scale(const Rows& rows, const MessageFacts& message, const Domain& domain) {
  const bool same = !rows.extras.any(Extra::interval) && !rows.extras.any(Extra::sampler);
  if (same && rate_of(rows, 0, message, domain) == 0) return;
  auto& sampling = rows.table.of<std::uint32_t>(Field::sampling);
  auto& estimated = rows.table.of<std::uint8_t>(Field::estimated);
  sampling.reach(rows.first + rows.count), estimated.reach(rows.first + rows.count);
  const std::uint32_t rate_of_all = same ? rate_of(rows, 0, message, domain) : 0;
  for (std::size_t i = 0; i < rows.count; i++) {
    const std::uint32_t rate = same ? rate_of_all : rate_of(rows, i, message, domain);
    if (rate == 0) continue;
    sampling.put(rows.first + i, rate);
    if (rate == 1) continue;
    estimated.put(rows.first + i, 1);
    multiply(rows.table, rows.first + i, rate);
  }
}

// "13:453": the engine in the first byte, the number in the others (RFC 6759, 4.1).
std::string app_number(std::uint64_t id) {
  return std::to_string(id >> 24 & 0xff) + ':' + std::to_string(id & 0xff'ffff);
}

void name_apps(const Rows& rows, const Domain& domain) {
  if (!rows.extras.any(Extra::app_id)) return;
  auto& app = rows.table.of<std::string>(Field::app);
  app.reach(rows.first + rows.count);
  for (std::size_t i = 0; i < rows.count; i++) {
    const auto id = rows.extras.of(Extra::app_id, i);
    if (!id || *id == 0 || app.has(rows.first + i)) continue;
    const std::string* name = domain.app_of(*id);
    app.put(rows.first + i, name != nullptr ? *name : app_number(*id));
  }
}

template <class T>
void put_where_missing(const Rows& rows, Field field, const T& value) {
  Slot<T>& slot = rows.table.of<T>(field);
  if (slot.has_none(rows.first, rows.count)) {
    std::fill_n(slot.put_all(rows.first, rows.count), rows.count, value);
    return;
  }
  slot.reach(rows.first + rows.count);
  for (std::size_t row = rows.first; row < rows.first + rows.count; row++)
    if (!slot.has(row)) slot.put(row, value);
}

}  // namespace

void finish_rows(std::size_t first, std::size_t count, const MessageFacts& message, const Domain& domain,
                 const Extras& extras, RowTable& table) {
  if (count == 0) return;
  const Rows rows{first, count, table, extras};
  take_post_counters(rows, message.post_is_reverse);
  tell_ports_from_icmp(rows);
  add_priority(rows);
  settle_times(rows, message.exported);
  scale(rows, message, domain);
  name_apps(rows, domain);
  // Of a file of messages, nobody knows who sent them.
  if (const Address& from = domain.key().exporter; !is_nothing(from)) put_where_missing(rows, Field::exporter, from);
  put_where_missing(rows, Field::odid, domain.key().odid);
  put_where_missing(rows, Field::trans, std::uint64_t{1});
  put_where_missing(rows, Field::records, std::uint64_t{1});
}

}  // namespace argus
