// Thrift's compact protocol, as far as the footer and the page heads of Parquet need it:
// https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace argus {

class ThriftWriter {
 public:
  enum class Kind : std::uint8_t { byte = 3, i32 = 5, i64 = 6, binary = 8, structure = 12 };

  // Fields of a structure, in the order of their numbers.
  void number(int field, std::int32_t value);
  void number(int field, std::int64_t value);
  void byte(int field, std::int8_t value);
  void text(int field, std::string_view value);
  void boolean(int field, bool value);
  void begin(int field);                            // a structure, until end()
  void list(int field, Kind of, std::size_t size);  // its elements follow
  // Elements of a list.
  void element(std::int32_t value);
  void element(std::string_view value);
  void begin();  // a structure, until end()
  void end();
  // Of the outermost structure, without a call of begin() before it.
  [[nodiscard]] std::string finished() {
    out_ += '\0';
    return std::move(out_);
  }

 private:
  void head(int field, std::uint8_t kind);
  void varint(std::uint64_t value);

  std::string out_;
  std::vector<int> last_ = {0};  // the number of the last field of each structure that is open
};

}  // namespace argus
