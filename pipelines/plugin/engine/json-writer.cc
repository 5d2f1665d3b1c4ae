#include "engine/json-writer.h"

#include <cmath>

namespace interconnect {

void JsonWriter::separate() {
  if (text_.empty()) return;
  const char last = text_.back();
  if (last != '{' && last != '[' && last != ':') text_ += ',';
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  text_ += bracket;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  text_ += bracket;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  value(name);
  text_ += ':';
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  separate();
  text_ += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      text_ += '\\';
      text_ += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      constexpr char kHex[] = "0123456789abcdef";
      text_ += "\\u00";
      text_ += kHex[c >> 4];
      text_ += kHex[c & 15];
    } else {
      text_ += c;
    }
  }
  text_ += '"';
  return *this;
}

JsonWriter& JsonWriter::value(int64_t number) {
  separate();
  text_ += std::to_string(number);
  return *this;
}

JsonWriter& JsonWriter::value(uint64_t number) {
  separate();
  text_ += std::to_string(number);
  return *this;
}

JsonWriter& JsonWriter::value(double number) { return decimal(number, 3); }

JsonWriter& JsonWriter::precise(std::optional<double> number) { return number ? decimal(*number, 6) : null(); }

JsonWriter& JsonWriter::decimal(double number, int digits) {
  if (!std::isfinite(number) || std::fabs(number) > 1e12) return null();
  const uint64_t one = digits == 6 ? 1'000'000 : 1000;
  const auto parts = static_cast<int64_t>(std::llround(number * static_cast<double>(one)));
  const auto size = static_cast<uint64_t>(parts < 0 ? -parts : parts);
  if (size % one == 0) return value(parts / static_cast<int64_t>(one));
  separate();
  // By hand: printf's decimal point follows the process's locale.
  std::string fraction = std::to_string(one + size % one).substr(1);
  while (fraction.back() == '0') fraction.pop_back();
  text_ += (parts < 0 ? "-" : "") + std::to_string(size / one) + "." + fraction;
  return *this;
}

JsonWriter& JsonWriter::boolean(bool yes) {
  separate();
  text_ += yes ? "true" : "false";
  return *this;
}

JsonWriter& JsonWriter::null() {
  separate();
  text_ += "null";
  return *this;
}

}  // namespace interconnect
