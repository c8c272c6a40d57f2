#include "query/scratch_run.h"

#include <string>
#include <type_traits>

#include "base/bytes.h"
#include "base/scratch.h"
#include "flow/column.h"
#include "flow/field.h"

namespace argus {

namespace {

// Values as memory has them; strings with their length before them.
template <class T>
void append_values(std::span<const T> values, ByteWriter& out) {
  if constexpr (std::is_same_v<T, std::string>) {
    for (const std::string& value : values) {
      out.le(static_cast<std::uint32_t>(value.size()));
      out.text(value);
    }
  } else {
    out.bytes(values.data(), values.size_bytes());
  }
}
template <class T>
std::vector<T> take_values(ByteReader& in, std::size_t count) {
  std::vector<T> out(count);
  if constexpr (std::is_same_v<T, std::string>) {
    for (std::string& value : out) {
      const Bytes text = in.take(in.le<std::uint32_t>());
      value.assign(reinterpret_cast<const char*>(text.data()), text.size());
    }
  } else {
    in.copy(out.data(), count * sizeof(T));
  }
  return out;
}

// A column as placed() makes it: constant or flat.
template <class T>
void append_column(const Column& column, ByteWriter& out) {
  const bool constant = column.shape() == Column::Shape::constant;
  out.le(static_cast<std::uint8_t>(constant ? 1 : 0));
  if (constant) return append_values<T>(std::span(&column.constant_value<T>(), 1), out);
  out.le(static_cast<std::uint8_t>(column.mask().empty() ? 0 : 1));
  out.bytes(column.mask().data(), column.mask().size());
  append_values<T>(column.values<T>(), out);
}
template <class T>
Column take_column(ByteReader& in, std::size_t rows) {
  if (in.u8() != 0) return Column::constant(std::move(take_values<T>(in, 1)[0]));
  Column::Mask mask(in.u8() != 0 ? rows : 0);
  if (!mask.empty()) in.copy(mask.data(), mask.size());
  return Column::flat(take_values<T>(in, rows), std::move(mask));
}

}  // namespace

Result<ScratchRun> ScratchRun::create() {
  ARGUS_TRY_LET(File file, open_scratch());
  return ScratchRun(std::move(file));
}

Result<> ScratchRun::write(const Batch& rows, std::span<const std::uint64_t> entries) {
  ByteWriter out;
  out.le(static_cast<std::uint64_t>(rows.rows()));
  out.le(static_cast<std::uint64_t>(entries.size()));
  out.bytes(entries.data(), entries.size_bytes());
  const std::vector<Field> fields = present_fields(rows).list();
  out.le(static_cast<std::uint32_t>(fields.size()));
  for (const Field field : fields) {
    out.le(static_cast<std::uint32_t>(field));
    with_type(rows[field].type(), [&]<class T>() { append_column<T>(rows[field], out); });
  }
  sizes_.push_back(out.size());
  auto done = file_.write(out.view());
  return done ? Result<>() : scratch_error(std::move(done.error()));
}

Result<> ScratchRun::read(std::shared_ptr<const Batch>& rows, std::vector<std::uint64_t>& entries) {
  rows.reset();
  entries.clear();
  if (next_ == sizes_.size()) return {};
  std::vector<std::byte> bytes(sizes_[next_++]);
  ARGUS_TRY_LET(const std::size_t got, file_.read_at(bytes.data(), bytes.size(), offset_));
  if (got != bytes.size()) return fail(Errc::io, "{}: a file was cut", file_.path());
  offset_ += got;
  ByteReader in(bytes);
  Batch out(static_cast<std::size_t>(in.le<std::uint64_t>()));
  entries = take_values<std::uint64_t>(in, static_cast<std::size_t>(in.le<std::uint64_t>()));
  for (std::uint32_t left = in.le<std::uint32_t>(); left != 0; left--) {
    const auto field = static_cast<Field>(in.le<std::uint32_t>());
    out.set(field, with_type(info(field).type, [&]<class T>() { return take_column<T>(in, out.rows()); }));
  }
  rows = std::make_shared<const Batch>(std::move(out));
  return {};
}

}  // namespace argus
