// anonymize: records that may be given to others.
#include "privacy/anonymize.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "argus/account.h"
#include "argus/command.h"
#include "argus/input_options.h"
#include "argus/offers.h"
#include "argus/output_options.h"
#include "argus/run.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/field.h"
#include "flow/source.h"
#include "privacy/key.h"
#include "shell/io.h"
#include "shell/options.h"

namespace argus {

namespace {

constexpr std::string_view kAboutAnonymize =
    "## What changes\n\n"
    "- **Addresses**, of IPv4 and IPv6, wherever they stand: prefix-preserving (CryptoPAn). Two addresses that had\n"
    "  their first 20 bits in common have 20 in common afterwards, so networks stay networks. With the same key,\n"
    "  `nfanon` gives the same IPv4 addresses.\n"
    "- **MAC addresses**: in the same manner. Broadcast stays broadcast, groups stay groups; with `--keep-vendors`\n"
    "  the first three bytes stay.\n"
    "- **Ports** from 1024 on change places; services below stay what they are.\n"
    "- **Times** are all shifted by one amount, which the key says: up to five years, in whole seconds. Durations and\n"
    "  the order of events stay. `--shift 3d` or `--shift -3d` says it, `--shift 0` leaves times as they are.\n"
    "- **Names** and other texts, such as the name of the sensor, are left out.\n\n"
    "Counters, protocols, states, flags, VLAN ids, AS numbers and everything else stay, so that every answer about\n"
    "who did how much is the answer of before, with other names. `--keep` leaves fields as they are, `--drop` leaves\n"
    "them out.\n\n"
    "## The key\n\n"
    "The same key gives the same addresses, so that the files of a week fit together, and whoever has it can find out\n"
    "which address became which. `--new-key FILE` makes one and keeps it in a new file for `--key-file FILE`. Without\n"
    "either, a key is made for the run and forgotten: nobody can undo it, and no other run fits to it.\n\n"
    "## What it does not hide\n\n"
    "Sizes, durations and counts are those of before: whoever knows that a transfer of 73,401 bytes took place finds\n"
    "it. Well-known ports, and addresses with a known neighbour in the same network, say something, too. Use `--drop`\n"
    "for what the reader does not need, or give them groups (`argus cluster`) in place of records.";

// "3d", "-3d" or "0".
Result<Nanos> parse_shift(std::string_view text) {
  if (text == "0") return Nanos{0};
  const bool back = !text.empty() && text.front() == '-';
  ARGUS_TRY_LET(const Nanos amount, parse_duration(back ? text.substr(1) : text));
  return back ? -amount : amount;
}

class Anonymize final : public Command {
 public:
  Page page() const override {
    return {
        "[-w FILE] [--key-file FILE] [-r FILE... | --remote HOST...] [options] [- filter]",
        "Hides who it was: addresses, MAC addresses, ports, times and names become others, one to one by a key, and\n"
        "networks stay networks. Counters and all else stay, so that the records can be shared and still be asked.",
        {{"argus anonymize -r day.flows -w shared.flows", "nobody can undo it: the key is forgotten"},
         {"argus anonymize --new-key secret.key -r mon.flows -w mon-shared.flows", "make a key and keep it"},
         {"argus anonymize --key-file secret.key -r tue.flows -w tue-shared.flows", "the same addresses again"},
         {"argus anonymize -r day.flows --keep dport --drop smac dmac --shift 0", "in part"},
         {"argus anonymize -r day.flows then cluster -m saddr/24 dport", "only groups of the disguised"}},
        kAboutAnonymize};
  }
  void declare(OptionSet& options) override {
    options.group("what to hide");
    options.value("--key-file", "FILE", key_file_, "its key, 64 hexadecimal digits; else one is made and forgotten");
    options.common(), options.offer(&offered_files);
    options.value("--new-key", "FILE", new_key_file_, "make a key, keep it in a new file and use it");
    options.common(), options.offer(&offered_files);
    options.list("--keep", "FIELD...", kept_, ListWords::plain, "leave these fields as they are");
    options.common(), options.offer(&offered_fields);
    options.list("--drop", "FIELD...", dropped_, ListWords::plain, "leave these fields out");
    options.offer(&offered_fields);
    options.value(
        "--shift", "SPAN",
        [this](const std::string& text) -> Result<> {
          ARGUS_TRY_LET(options_.shift, parse_shift(text));
          return {};
        },
        "shift times by this (3d, -3d); 0 leaves them; the key says it otherwise");
    options.flag("--keep-vendors", options_.keeps_vendors, "leave the first three bytes of MAC addresses");
    input_.declare_reading(options);
    options.ignored("-f", OptionKind::value, [](const std::string&) -> Result<> {
      return fail(Errc::usage,
                  "no ranonymize.conf is read; --keep, --drop, --shift and --keep-vendors choose what it chose");
    });
    output_.declare(options);
  }
  Result<Exit> run(Io& io) override {
    ARGUS_TRY_LET(options_.kept, stored_fields("--keep", kept_));
    ARGUS_TRY_LET(options_.dropped, stored_fields("--drop", dropped_));
    for (const Field field : options_.kept.list())
      if (options_.dropped.has(field))
        return fail(Errc::usage, "'{}' can be kept or dropped, not both", info(field).name);
    if (!key_file_.empty() && !new_key_file_.empty())
      return fail(Errc::usage, "--key-file and --new-key exclude each other: one reads a key, the other makes one");
    ARGUS_TRY_LET(SourcePtr flows, input_.open(io));
    ARGUS_TRY_LET(options_.key, open_key());
    flows = anonymized(output_.records_read(std::move(flows)), options_);
    ARGUS_TRY_LET(const Outcome done, run_output(io, std::move(flows), output_, input_));
    return done.exit;
  }

 private:
  static Result<FieldSet> stored_fields(std::string_view option, const std::vector<std::string>& words) {
    FieldSet out;
    for (const std::string& word : words) {
      const auto field = find_field(word);
      if (!field) return while_doing(option, no_field(word));
      if (!is_stored(*field)) {
        std::vector<std::string> of;
        for (const Field one : stored_inputs({*field}).list()) of.emplace_back(info(one).name);
        return fail(Errc::usage, "{}: {} is made of {}: name these", option, info(*field).name, joined(of, ", "));
      }
      out.add(*field);
    }
    return out;
  }
  Result<DisguiseKey> open_key() {
    if (!key_file_.empty()) return read_disguise_key(key_file_);
    if (!new_key_file_.empty()) return make_disguise_key_file(new_key_file_);
    return make_disguise_key();
  }

  InputOptions input_;
  OutputOptions output_;
  AnonymizeOptions options_;
  std::string key_file_, new_key_file_;
  std::vector<std::string> kept_, dropped_;
};

}  // namespace

ARGUS_COMMAND(anonymize, Anonymize)

}  // namespace argus
