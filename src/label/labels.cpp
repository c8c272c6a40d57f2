#include "label/labels.h"

#include <array>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/address.h"
#include "base/address_hash.h"
#include "flow/column.h"
#include "flow/each_value.h"
#include "label/database.h"
#include "label/label_store.h"

namespace argus {

namespace {

// What is known of each end of a flow, and where it goes.
struct End {
  Field address, country, city, organisation, network, as_number;
};
constexpr auto kEnds = std::to_array<End>({
    {Field::saddr, Field::sco, Field::scity, Field::sorg, Field::snet, Field::sas},
    {Field::daddr, Field::dco, Field::dcity, Field::dorg, Field::dnet, Field::das},
});
struct TextFact {
  Field End::*field;
  std::string AddressFacts::*fact;
};
constexpr auto kTextFacts = std::to_array<TextFact>({
    {&End::country, &AddressFacts::country},
    {&End::city, &AddressFacts::city},
    {&End::organisation, &AddressFacts::organisation},
    {&End::network, &AddressFacts::network},
});

// The column with values of `known` where there are any: known(row) gives a pointer, null for none.
template <class T, class Known>
Column completed(const Column& column, std::size_t rows, Known&& known) {
  ColumnBuilder<T> out;
  out.reserve(rows);
  for (std::size_t row = 0; row < rows; row++) {
    if (const T* value = known(row)) {
      out.add(*value);
    } else if (column.has(row)) {
      out.add(column.at<T>(row));
    } else {
      out.add_absent();
    }
  }
  return out.finish();
}

class FileLabels final : public Labels {
 public:
  explicit FileLabels(LabelStore store) : store_(std::move(store)) {
    const bool bases = !store_.databases.empty();
    for (const End& end : kEnds) {
      if (bases) fields_ |= {end.country, end.city, end.organisation, end.as_number};
      if (store_.countries.size() != 0) fields_.add(end.country);
      if (store_.networks.size() != 0) fields_.add(end.network);
    }
    if (!store_.services.empty() || !store_.rules.empty()) fields_.add(Field::label);
  }

  FieldSet fields() const override { return fields_; }
  FieldSet inputs(const FieldSet& wanted) const override {
    FieldSet out;
    const FieldSet all = with_rules(wanted);
    for (const End& end : kEnds)
      if (wants(end, all)) out.add(end.address);
    if (!all.has(Field::label)) return out;
    if (!store_.services.empty()) out |= {Field::proto, Field::sport, Field::dport};
    for (const LabelRule& rule : store_.rules)
      if (rule.where) out |= stored_inputs(rule.where->fields());
    return out;
  }
  void fill(Batch& batch, const FieldSet& wanted) const override {
    const FieldSet all = with_rules(wanted);
    for (const End& end : kEnds)
      if (wants(end, all)) fill_end(batch, end, all);
    if (all.has(Field::label) && fields_.has(Field::label)) fill_label(batch);
  }

 private:
  using Known = std::unordered_map<Address, AddressFacts, AddressHash>;

  // Rules may ask for what files say of addresses.
  [[nodiscard]] FieldSet with_rules(FieldSet wanted) const {
    if (!wanted.has(Field::label)) return wanted;
    for (const LabelRule& rule : store_.rules)
      if (rule.where) wanted |= stored_inputs(rule.where->fields());
    return wanted;
  }
  [[nodiscard]] bool wants(const End& end, const FieldSet& wanted) const {
    for (const Field field : {end.country, end.city, end.organisation, end.network, end.as_number})
      if (wanted.has(field) && fields_.has(field)) return true;
    return false;
  }
  [[nodiscard]] AddressFacts facts_of(const Address& address) const {
    AddressFacts out;
    out.network = store_.networks.find(address);
    for (const AddressDatabase& database : store_.databases) out.complete(database.find(address));
    if (out.country.empty()) out.country = store_.countries.find(address);
    return out;
  }
  void fill_end(Batch& batch, const End& end, const FieldSet& wanted) const {
    Known known;
    std::vector<const AddressFacts*> of_row(batch.rows());
    each_value<Address>(batch[end.address], batch.rows(), [&](std::size_t row, const Address& address) {
      auto found = known.find(address);
      if (found == known.end()) found = known.emplace(address, facts_of(address)).first;
      of_row[row] = &found->second;
    });
    for (const TextFact& text : kTextFacts) {
      const Field field = end.*text.field;
      if (!wanted.has(field) || !fields_.has(field)) continue;
      batch.set(field, completed<std::string>(batch[field], batch.rows(), [&](std::size_t row) -> const std::string* {
                  if (of_row[row] == nullptr) return nullptr;
                  const std::string& fact = of_row[row]->*text.fact;
                  return fact.empty() ? nullptr : &fact;
                }));
    }
    if (!wanted.has(end.as_number) || !fields_.has(end.as_number)) return;
    batch.set(end.as_number, completed<std::uint32_t>(
                                 batch[end.as_number], batch.rows(), [&](std::size_t row) -> const std::uint32_t* {
                                   const AddressFacts* facts = of_row[row];
                                   return facts == nullptr || facts->as_number == 0 ? nullptr : &facts->as_number;
                                 }));
  }
  // The service's name, and what rules say, with ':' between.
  void fill_label(Batch& batch) const {
    std::vector<std::string> labels(batch.rows());
    if (!store_.services.empty()) {
      const Flat<std::uint16_t> proto = flat<std::uint16_t>(batch[Field::proto], batch.rows());
      for (const Field field : {Field::dport, Field::sport})
        each_value<std::uint16_t>(batch[field], batch.rows(), [&](std::size_t row, std::uint16_t port) {
          if (!labels[row].empty() || !proto.has(row)) return;
          const auto found = store_.services.find(service_key(proto.values[row], port));
          if (found != store_.services.end()) labels[row] = found->second;
        });
    }
    std::vector<std::uint8_t> open(batch.rows(), 1);  // for further rules
    for (const LabelRule& rule : store_.rules) {
      std::vector<std::uint8_t> keep = open;
      if (rule.where) rule.where->select(batch, keep);
      for (std::size_t row = 0; row < keep.size(); row++) {
        if (keep[row] == 0) continue;
        if (!labels[row].empty()) labels[row] += ':';
        labels[row] += rule.label;
        if (!rule.goes_on) open[row] = 0;
      }
    }
    batch.set(Field::label, completed<std::string>(batch[Field::label], batch.rows(), [&](std::size_t row) {
                return labels[row].empty() ? nullptr : &labels[row];
              }));
  }

  LabelStore store_;
  FieldSet fields_;
};

}  // namespace

Result<std::shared_ptr<const Labels>> Labels::read(const std::vector<std::string>& paths) {
  LabelStore store;
  for (const std::string& path : paths) ARGUS_TRY(read_label_file(path, store));
  store.finish();
  return std::shared_ptr<const Labels>(std::make_shared<FileLabels>(std::move(store)));
}

}  // namespace argus
