// Any text as column words and as values of every field: columns or a usage error; whatever a record holds, tables, CSV
// and JSON stay whole lines without control bytes.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "base/text.h"
#include "flow/batch.h"
#include "flow/field.h"
#include "flow/format.h"
#include "flow/sink.h"
#include "sink/text.h"
#include "support/flow_builder.h"

using namespace argus;

namespace {

void check_lines(const SinkPtr& sink, const File& out, const Batch& batch, std::size_t lines_least) {
  if (!sink->begin({}) || !sink->write(batch) || !sink->tick() || !sink->finish()) std::abort();
  std::string text(1u << 20, '\0');
  const auto n = out.read_at(text.data(), text.size(), 0);
  if (!n) std::abort();
  text.resize(*n);
  if (text.empty() || text.back() != '\n') std::abort();
  std::size_t lines = 0;
  for (const char c : text) {
    if (c == '\n') lines++;
    else if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) std::abort();
  }
  if (lines < lines_least) std::abort();
}

void check_values(const std::string& text) {
  for (const FieldInfo& field : all_fields()) {
    const auto value = parse_value(field.field, text);
    if (!value && value.error().code != Errc::usage) std::abort();
    const auto real = parse_real_value(field.field, text);
    if (!real && real.error().code != Errc::usage) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 256) return 0;
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_values(text);
  const auto columns = parse_columns(split_words(text, "\n").empty() ? std::vector<std::string>{} : std::vector{text},
                                     default_columns());
  if (!columns && columns.error().code != Errc::usage) std::abort();

  std::mt19937_64 random(size);
  std::vector<Row> rows;
  while (rows.size() < 5) rows.push_back(random_row(random, true).with(Field::srcid, text.c_str()));
  const Batch batch = batch_of(rows);
  TextOptions options;
  if (columns) options.column_words = {text};
  options.column_words.emplace_back("+srcid");
  for (int kind = 0; kind < 4; kind++) {
    const File file(::memfd_create("lines", MFD_CLOEXEC), "lines");
    File out(::dup(file.fd()), "lines");
    TextOptions own = options;
    if (kind == 1) own.separator = "|";
    check_lines(kind < 2    ? table_sink(out, own)
                : kind == 2 ? csv_sink(out, own)
                            : json_sink(out, own),
                file, batch, rows.size());
  }
  return 0;
}
