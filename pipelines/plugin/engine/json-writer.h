#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace interconnect {

/** Writes one line of JSON, without white space; commas come by themselves. */
class JsonWriter {
 public:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  JsonWriter& key(std::string_view name);

  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(int64_t number);
  JsonWriter& value(uint64_t number);
  JsonWriter& value(uint32_t number) { return value(static_cast<uint64_t>(number)); }
  JsonWriter& value(int number) { return value(static_cast<int64_t>(number)); }
  /** Rounded to thousandths: what we measure is not known better. Null when not finite. */
  JsonWriter& value(double number);
  /** A ratio, to millionths. */
  JsonWriter& precise(std::optional<double> number);
  template <class T>
  JsonWriter& value(const std::optional<T>& maybe) {
    return maybe ? value(*maybe) : null();
  }
  JsonWriter& null();
  JsonWriter& boolean(bool yes);

  template <class T>
  JsonWriter& field(std::string_view name, const T& content) {
    key(name);
    return value(content);
  }

  std::string take() { return std::move(text_); }

 private:
  void separate();
  /** @param digits behind the point: 3 or 6 */
  JsonWriter& decimal(double number, int digits);
  std::string text_;
};

}  // namespace interconnect
