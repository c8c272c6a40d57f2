#include "argus/name_lookup.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <vector>

#include "base/address.h"
#include "base/count_text.h"
#include "base/log.h"
#include "base/thread.h"
#include "flow/column.h"
#include "flow/type.h"

namespace argus {

namespace {

class Resolved final : public Stage {
 public:
  Resolved(SourcePtr input, std::shared_ptr<NameLookup> lookup) : Stage(std::move(input)), lookup_(std::move(lookup)) {}
  Result<> bind(const Needs& needs, const Resources& resources) override {
    fields_ = needs.fields;
    return input_->bind(needs, resources);
  }
  Result<Step> next(Batch& out) override {
    auto step = input_->next(out);
    if (step && *step == Step::rows)
      lookup_->look_up(out, fields_, input_->header().live ? NameLookup::Waits::rows : NameLookup::Waits::run);
    return step;
  }

 private:
  std::shared_ptr<NameLookup> lookup_;
  FieldSet fields_;
};

}  // namespace

Result<std::shared_ptr<NameLookup>> NameLookup::open(const std::string& server, std::size_t width,
                                                     const std::atomic<bool>* stop) {
  ARGUS_TRY_LET(Resolver resolver, Resolver::open(server));
  return std::make_shared<NameLookup>(std::move(resolver), width, stop);
}

void NameLookup::look_up(const Batch& batch, const FieldSet& fields, Waits waits) {
  if (waited_ >= kWaitMost || asked_ >= kLookupsMost) passed_over_ = true;
  if (passed_over_) return;
  std::set<Address> unknown;
  for (const Field field : fields.list()) {
    if (info(field).type != Type::addr) continue;
    const std::optional<Field> cut = beside(field);  // a network has no name
    const Column column = column_of(batch, field), length = cut ? batch[*cut] : Column();
    for (std::size_t row = 0; row < batch.rows(); row++)
      if (column.has(row) && !length.has(row))
        if (const auto address = column.at<Address>(row); !names_.has(address)) unknown.insert(address);
  }
  if (unknown.empty()) return;
  std::vector<Address> asked(unknown.begin(), unknown.end());
  asked.resize(std::min(asked.size(), kLookupsMost - asked_));
  const auto began = std::chrono::steady_clock::now();
  const Nanos left = kWaitMost - waited_;
  const std::size_t open =
      resolver_.look_up(asked, waits == Waits::rows ? std::min(kWaitLive, left) : left, stop_,
                        [&](const Address& address, std::string_view name) { names_.add(address, name); });
  const auto took = std::chrono::steady_clock::now() - began;
  if (waits == Waits::run || (waits == Waits::rows && open != 0))
    waited_ += std::chrono::duration_cast<std::chrono::nanoseconds>(took).count();
  asked_ += asked.size(), unanswered_ += open;
  passed_over_ = passed_over_ || asked.size() != unknown.size();
  // What nobody answered is not asked for again: it would be waited for with each batch.
  for (const Address& address : asked) names_.add(address, {});
}

void NameLookup::report() const {
  if (unanswered_ == 0 && !passed_over_) return;
  std::string text = count_text(asked_, "address") + " looked up";
  if (unanswered_ != 0) text += ", " + std::to_string(unanswered_) + " of them without an answer in time";
  if (passed_over_) text += "; others were not looked up";
  log_note(text);
}

void declare_resolver(OptionSet& options, bool& asked, std::string& server) {
  options.value(
      "--resolver", "ADDRESS",
      [&asked, &server](const std::string& text) -> Result<> {
        asked = true, server = text;
        ARGUS_TRY(Resolver::open(server));
        return {};
      },
      "name server for --resolve, in place of the system's: 192.0.2.1, 192.0.2.1:5353");
}

Result<std::unique_ptr<BackgroundLookup>> BackgroundLookup::start(const std::string& server, std::size_t width) {
  auto out = std::make_unique<BackgroundLookup>();
  ARGUS_TRY_LET(out->lookup_, NameLookup::open(server, width, &out->stop_));
  ARGUS_TRY_LET(out->thread_, start_thread("names of hosts", [to = out.get()] {
                  while (!to->stop_)
                    if (const auto rows = to->wanted_.pop(kSecond))
                      to->lookup_->look_up(rows->batch, rows->fields, NameLookup::Waits::nobody);
                }));
  return out;
}

BackgroundLookup::~BackgroundLookup() {
  stop_ = true;
  wanted_.close();
  if (thread_.joinable()) thread_.join();
}

void BackgroundLookup::want(const Batch& rows, const FieldSet& fields) {
  Rows item{rows, fields};
  (void)wanted_.try_push(item);
}

SourcePtr resolved(SourcePtr rows, std::shared_ptr<NameLookup> lookup) {
  return std::make_unique<Resolved>(std::move(rows), std::move(lookup));
}

}  // namespace argus
