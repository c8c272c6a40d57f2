#include "query/clusterer.h"

#include <algorithm>
#include <numeric>

#include "base/address.h"
#include "flow/type.h"
#include "flow/where.h"
#include "query/reverse.h"

namespace argus {

namespace {

constexpr std::uint64_t kNoWitness = ~std::uint64_t{0};
constexpr unsigned kPrefixWhole = 255;  // longer than any address

bool has_key(const std::vector<Key>& keys, Field field) {
  return std::any_of(keys.begin(), keys.end(), [&](const Key& key) { return key.field == field; });
}

std::vector<KeyPacker::Spec> specs_of(const std::vector<Key>& keys) {
  std::vector<KeyPacker::Spec> out;
  for (const Key& key : keys) out.push_back({info(key.field).type});
  return out;
}

// The wanted fields that are tallied: those that somebody names. Who takes all that records hold does not mean them.
FieldSet tallied_of(const FieldSet& wanted) {
  FieldSet out;
  if ((wanted | FieldSet::all_stored()) == wanted) return out;
  for (const Field field : tallied_fields().list())
    if (wanted.has(field)) out.add(field);
  return out;
}

// The wanted fields that are folded: keys are known from the group instead. The lengths of prefixes come along.
FieldSet merged_fields(const std::vector<Key>& keys, const FieldSet& wanted) {
  FieldSet out = wanted;
  for (const Field field : tallied_fields().list()) out.remove(field);
  if (has_key(keys, Field::saddr)) out.add(Field::smask);
  if (has_key(keys, Field::daddr)) out.add(Field::dmask);
  for (const Key& key : keys)
    if (is_stored(key.field)) out.remove(key.field);
  return out;
}

// now >= from + length, for times of which nobody says that they are sane.
bool reached(Nanos now, Nanos from, Nanos length) {
  return ordered_image(now) >= ordered_image(from) + static_cast<std::uint64_t>(length);
}

// A prefix length as a field: absent where the whole address was kept.
Column mask_column(const Column& addresses, const Column& folded, const Key& key, std::size_t rows) {
  ColumnBuilder<std::uint8_t> out;
  for (std::size_t i = 0; i < rows; i++) {
    unsigned length = folded.has(i) ? folded.at<std::uint8_t>(i) : kPrefixWhole;
    if (addresses.has(i)) {
      const Family family = addresses.at<Address>(i).family();
      if (prefix_of(key, family) < bits_of(family)) length = std::min(length, prefix_of(key, family));
    }
    if (length < kPrefixWhole) out.add(static_cast<std::uint8_t>(length));
    else out.add_absent();
  }
  return out.finish();
}

// Turns records round so that of each pair of ends the lower one is the source; false: none had to be.
template <class T>
bool oriented(const Batch& batch, const Key& source, const Key& target, std::vector<std::uint32_t>& straight,
              std::vector<std::uint32_t>& turned) {
  const Column s = batch[source.field], d = batch[target.field];
  const Column s_cut = key_column(batch, source), d_cut = key_column(batch, target);
  const auto image = [](const T& value) {
    if constexpr (std::is_same_v<T, Address>) return rank_image(value);
    else return value;
  };
  for (std::uint32_t i = 0; i < batch.rows(); i++) {
    bool turn = false;
    if (s.has(i) && d.has(i)) {
      const auto a = image(s_cut.at<T>(i)), b = image(d_cut.at<T>(i));
      turn = a != b ? a > b : image(s.at<T>(i)) > image(d.at<T>(i));
    } else {
      turn = d.has(i);  // absent is the higher
    }
    (turn ? turned : straight).push_back(i);
  }
  return !turned.empty();
}

}  // namespace

std::vector<Key> default_keys(bool rmon) {
  std::vector<Key> out;
  const auto add = [&](std::initializer_list<Field> fields) {
    for (const Field field : fields) out.push_back({field});
  };
  if (rmon) add({Field::proto, Field::saddr, Field::sport});
  else
    add({Field::srcid, Field::ftime, Field::proto, Field::etype, Field::saddr, Field::daddr, Field::sport, Field::dport,
         Field::itype, Field::icode, Field::icmpid, Field::ssap, Field::dsap});
  return out;
}

std::vector<Key> keys_of(const KeyWords& words) { return words.keys.empty() ? default_keys(words.rmon) : words.keys; }

Clusterer::Clusterer(const KeyWords& words, const FieldSet& wanted, GroupLimits limits)
    : keys_(keys_of(words)),
      matrix_(words.matrix),
      limits_(limits),
      merged_(merged_fields(keys_, wanted)),
      packer_(specs_of(keys_)),
      grouping_(packer_.words()),
      groups_(merged_),
      tallied_(tallied_of(wanted)),
      tallies_(tallies_for(tallied_)) {
  for (const Key& key : keys_) {
    if (is_stored(key.field)) continue;
    const std::vector<Field> inputs = stored_inputs({key.field}).list();
    if (inputs.size() != 1 || info(inputs[0]).type > Type::u64 || has_key(keys_, inputs[0])) continue;
    const auto same = [&](const Witness& w) { return w.field == inputs[0]; };
    if (std::none_of(witnesses_.begin(), witnesses_.end(), same)) witnesses_.push_back({inputs[0], {}});
  }
  shown_ = merged_;
  for (const Key& key : keys_) shown_.add(key.field);
  for (const Witness& witness : witnesses_) shown_.add(witness.field);
}

FieldSet Clusterer::needs() const { return needs({}); }

FieldSet Clusterer::needs(const FieldSet& followed) const {
  FieldSet out = merged_ | followed;
  for (const Field field : out.list()) out |= stored_inputs(merge_inputs(field));
  for (const Key& key : keys_) out |= stored_inputs({key.field});
  for (const TallyPtr& tally : tallies_) out |= tally->needs();
  if (limits_.any()) out |= {Field::stime, Field::ltime};
  return matrix_ ? with_reverses(out) : out;
}

void Clusterer::add(const Batch& batch, const Follow& follow) {
  if (batch.rows() == 0) return;
  if (!matrix_) return add_oriented(batch, follow);
  std::vector<std::uint32_t> straight, turned;
  for (std::size_t i = 0; i + 1 < keys_.size(); i++) {
    const Key &source = keys_[i], &target = keys_[i + 1];
    if (info(source.field).reverse != target.field || source.field == target.field) continue;
    const bool turn = info(source.field).type == Type::addr
                          ? oriented<Address>(batch, source, target, straight, turned)
                          : oriented<std::uint64_t>(batch, source, target, straight, turned);
    if (!turn) return add_oriented(batch, follow);
    add_oriented(gathered(batch, straight), follow);
    return add_oriented(reversed(gathered(batch, turned)), follow);
  }
  add_oriented(batch, follow);
}

void Clusterer::add_oriented(const Batch& batch, const Follow& follow) {
  if (batch.rows() == 0) return;
  std::vector<Column> columns;
  columns.reserve(keys_.size());
  for (const Key& key : keys_) columns.push_back(key_column(batch, key));
  find_groups(batch, columns);
  groups_.add(batch, group_of_, all_groups());
  for (const TallyPtr& tally : tallies_) tally->add(batch, group_of_, all_groups());
  if (follow) follow(batch, group_of_);
}

// The group of each row by the columns of its keys, into group_of_.
void Clusterer::find_groups(const Batch& batch, const std::vector<Column>& keys) {
  packed_.clear();
  packer_.pack(keys, batch.rows(), packed_);
  group_of_.resize(batch.rows());
  grouping_.find(packed_, group_of_);
  if (limits_.any()) follow_limits(batch);
  add_witnesses(batch, group_of_, all_groups());
}

void Clusterer::add_records(const Batch& records) {
  if (records.rows() == 0) return;
  find_groups(records, merged_keys(records));
  groups_.add_merged(records, group_of_, all_groups());
}

// As they are: a derived one that all records lacked is not derived of what they sum to.
std::vector<Column> Clusterer::merged_keys(const Batch& records) const {
  std::vector<Column> out;
  out.reserve(keys_.size());
  for (const Key& key : keys_) out.push_back(records[key.field]);
  return out;
}

void Clusterer::take_over(Clusterer& other) {
  assert(!limits_.any() && !other.limits_.any());
  constexpr std::size_t kAtOnce = 4096;
  std::vector<std::uint32_t> groups(other.groups());
  std::iota(groups.begin(), groups.end(), 0u);
  std::vector<std::uint32_t> here;  // the number here of each group of the other one
  for (std::size_t at = 0; at < groups.size(); at += kAtOnce) {
    add_records(other.records(std::span(groups).subspan(at, std::min(kAtOnce, groups.size() - at))));
    here.insert(here.end(), group_of_.begin(), group_of_.end());
  }
  for (std::size_t i = 0; i < tallies_.size(); i++) tallies_[i]->take_over(*other.tallies_[i], here, all_groups());
  other.keep({});
}

// From groups of keys to lives of groups, row by row in the order of arrival.
void Clusterer::follow_limits(const Batch& batch) {
  const Flat<Nanos> stime = flat<Nanos>(batch[Field::stime], batch.rows());
  const Flat<Nanos> ltime = flat<Nanos>(batch[Field::ltime], batch.rows());
  constexpr std::uint32_t kNone = ~std::uint32_t{0};
  life_of_key_.resize(grouping_.size(), kNone);
  for (std::size_t i = 0; i < batch.rows(); i++) {
    std::uint32_t& at = life_of_key_[group_of_[i]];
    const bool timed = stime.has(i) && ltime.has(i);
    bool fresh = at == kNone || !lives_[at].open;
    if (!fresh && timed && lives_[at].ltime != INT64_MIN) {
      Life& life = lives_[at];
      const bool full = limits_.status != 0 && reached(stime.values[i], life.stime, limits_.status);
      const bool silent = limits_.idle != 0 && reached(stime.values[i], life.ltime, limits_.idle);
      if (full || silent) life.open = false, fresh = true;
    }
    if (fresh) {
      at = static_cast<std::uint32_t>(lives_.size());
      lives_.push_back({group_of_[i]});
    }
    Life& life = lives_[at];
    if (timed) {
      life.stime = std::min(life.stime, stime.values[i]);
      life.ltime = std::max(life.ltime, ltime.values[i]);
    }
    group_of_[i] = at;
  }
}

void Clusterer::add_witnesses(const Batch& batch, std::span<const std::uint32_t> group_of, std::size_t groups) {
  for (Witness& witness : witnesses_) {
    witness.least.resize(groups, kNoWitness);
    const Column& column = batch[witness.field];
    if (column.absent()) continue;
    with_type(column.type(), [&]<class T>() {
      if constexpr (std::is_unsigned_v<T>) {
        for (std::size_t i = 0; i < batch.rows(); i++)
          if (column.has(i)) {
            std::uint64_t& least = witness.least[group_of[i]];
            least = std::min<std::uint64_t>(least, column.at<T>(i));
          }
      }
    });
  }
}

Batch Clusterer::records(std::span<const std::uint32_t> groups, const FieldSet& fields) const {
  Batch out = groups_.batch(groups, fields);
  std::vector<std::uint32_t> keys(groups.begin(), groups.end());
  if (limits_.any())
    for (std::uint32_t& key : keys) key = lives_[key].key;
  for (const Witness& witness : witnesses_) {
    if (!fields.has(witness.field)) continue;
    out.set(witness.field, with_type(info(witness.field).type, [&]<class T>() -> Column {
              ColumnBuilder<T> column;
              if constexpr (std::is_unsigned_v<T>)
                for (const std::uint32_t group : groups) {
                  if (witness.least[group] == kNoWitness) column.add_absent();
                  else column.add(static_cast<T>(witness.least[group]));
                }
              return column.finish();
            }));
  }
  for (std::size_t i = 0; i < keys_.size(); i++)
    if (fields.has(keys_[i].field)) out.set(keys_[i].field, packer_.unpacked(i, grouping_.keys(), keys));
  set_masks(out);
  for (const TallyPtr& tally : tallies_) tally->set(groups, out);
  return out;
}

void Clusterer::set_masks(Batch& out) const {
  for (const Key& key : keys_) {
    if (key.whole || (key.field != Field::saddr && key.field != Field::daddr)) continue;
    const Field mask = key.field == Field::saddr ? Field::smask : Field::dmask;
    out.set(mask, mask_column(out[key.field], out[mask], key, out.rows()));
  }
}

std::vector<std::uint32_t> Clusterer::in_key_order() const {
  return order_of(packer_.ordered(grouping_.keys()), packer_.words(), grouping_.size());
}

void Clusterer::order() {
  const std::vector<std::uint32_t> keys = in_key_order();
  if (!limits_.any()) {
    order_ = keys;
    return;
  }
  // Lives in the order of their keys; those of one key in the order of their making.
  std::vector<std::uint32_t> place(keys.size());
  for (std::uint32_t i = 0; i < keys.size(); i++) place[keys[i]] = i;
  std::vector<std::uint32_t> lives;
  for (std::uint32_t i = 0; i < lives_.size(); i++)
    if (!lives_[i].gone) lives.push_back(i);
  std::stable_sort(lives.begin(), lives.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return place[lives_[a].key] < place[lives_[b].key]; });
  order_ = std::move(lives);
}

Batch Clusterer::next() {
  if (!order_) order();
  const std::size_t count = std::min(kBatchRowsMax, order_->size() - next_);
  Batch out = records(std::span(*order_).subspan(next_, count));
  next_ += count;
  return out;
}

std::vector<Batch> Clusterer::finished(Nanos watermark) {
  std::vector<Batch> out;
  bool any = false;
  for (Life& life : lives_) {
    if (life.open && life.ltime != INT64_MIN) {
      const bool silent = limits_.idle != 0 && reached(watermark, life.ltime, limits_.idle);
      const bool full = limits_.status != 0 && reached(watermark, life.stime, limits_.status);
      if (silent || full) life.open = false;
    }
    any |= !life.open && !life.gone;
  }
  if (!any) return out;
  order();
  std::vector<std::uint32_t> done;
  for (const std::uint32_t life : *order_)
    if (!lives_[life].open) done.push_back(life);
  order_.reset();
  for (std::size_t at = 0; at < done.size(); at += kBatchRowsMax)
    out.push_back(records(std::span(done).subspan(at, std::min(kBatchRowsMax, done.size() - at))));
  for (const std::uint32_t life : done) lives_[life].gone = true;
  gone_ += done.size();
  if (gone_ * 2 > lives_.size()) {
    std::vector<std::uint32_t> stay;
    for (std::uint32_t i = 0; i < lives_.size(); i++)
      if (!lives_[i].gone) stay.push_back(i);
    keep(stay);
  }
  return out;
}

// A merged record is a record: what stays moves into fresh tables.
void Clusterer::keep(std::span<const std::uint32_t> stay) {
  Grouping grouping(packer_.words());
  Groups groups(merged_);
  std::vector<Life> lives;
  std::vector<std::uint64_t> keys;
  std::vector<Witness> witnesses;
  for (const Witness& w : witnesses_) witnesses.push_back({w.field, {}});
  for (const std::uint32_t group : stay) {
    const std::uint32_t key = limits_.any() ? lives_[group].key : group;
    const auto begin = grouping_.keys().begin() + static_cast<std::ptrdiff_t>(key * packer_.words());
    keys.insert(keys.end(), begin, begin + static_cast<std::ptrdiff_t>(packer_.words()));
    if (limits_.any()) lives.push_back(lives_[group]);
    for (std::size_t w = 0; w < witnesses.size(); w++) witnesses[w].least.push_back(witnesses_[w].least[group]);
  }
  packer_.renumber(keys);
  std::vector<std::uint32_t> key_of(stay.size());
  grouping.find(keys, key_of);
  life_of_key_.assign(grouping.size(), ~std::uint32_t{0});
  for (std::uint32_t i = 0; i < lives.size(); i++) {
    lives[i].key = key_of[i];
    if (lives[i].open) life_of_key_[key_of[i]] = i;
  }
  for (std::size_t at = 0; at < stay.size(); at += kBatchRowsMax) {
    const std::size_t count = std::min(kBatchRowsMax, stay.size() - at);
    std::vector<std::uint32_t> group_of(count);
    std::iota(group_of.begin(), group_of.end(), static_cast<std::uint32_t>(at));
    groups.add_merged(groups_.batch(stay.subspan(at, count)), group_of, at + count);
  }
  for (const TallyPtr& tally : tallies_) tally->keep(stay);
  grouping_ = std::move(grouping);
  groups_ = std::move(groups);
  lives_ = std::move(lives);
  witnesses_ = std::move(witnesses);
  gone_ = 0;
}

std::size_t Clusterer::bytes() const {
  std::size_t sum = packer_.bytes() + grouping_.bytes() + groups_.bytes() + lives_.capacity() * sizeof(Life);
  for (const Witness& w : witnesses_) sum += w.least.capacity() * sizeof(w.least[0]);
  for (const TallyPtr& tally : tallies_) sum += tally->bytes();
  // At the end the keys are copied, ranked and ordered.
  return sum + grouping_.size() * (packer_.words() * 8 + 24);
}

}  // namespace argus
