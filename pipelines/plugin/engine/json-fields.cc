#include "engine/json-fields.h"

#include <cmath>
#include <cstring>

#include "engine/failure.h"

namespace interconnect {
namespace {

/** What can be wrong with the brackets; nothing when the text is one object, nested no deeper than allowed. */
std::optional<std::string> bracketFault(std::string_view text) {
  size_t depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); i++) {
    const char c = text[i];
    if (i > 0 && depth == 0 && g_ascii_isspace(c) == FALSE) return "the line is not JSON: something follows the object";
    if (quoted) {
      if (c == '\\') i++;
      else if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxJsonDepth) return "the line is nested deeper than " + std::to_string(kMaxJsonDepth) + " levels";
    } else if ((c == '}' || c == ']') && depth > 0) {
      depth--;
    }
  }
  return std::nullopt;
}

/** The value is a plain number: the one JSON type that json-glib splits in two. */
bool isNumber(JsonNode* node) {
  if (!JSON_NODE_HOLDS_VALUE(node)) return false;
  const GType type = json_node_get_value_type(node);
  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
}

std::optional<int64_t> integerOf(JsonNode* node, int64_t min, int64_t max) {
  const double value = isNumber(node) ? json_node_get_double(node) : NAN;
  // Written so that NaN fails too.
  if (!(value >= static_cast<double>(min) && value <= static_cast<double>(max)) || value != std::trunc(value)) return std::nullopt;
  return static_cast<int64_t>(value);
}

bool isString(JsonNode* node) { return JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING; }

/** A foreign key's name, short enough for a sentence. */
std::string clipped(const char* key) {
  constexpr glong kMaxCharacters = 40;
  if (g_utf8_strlen(key, -1) <= kMaxCharacters) return key;
  return std::string(key, static_cast<const char*>(g_utf8_offset_to_pointer(key, kMaxCharacters))) + "…";
}

std::string withoutZeros(double value) {
  char text[32];
  g_ascii_formatd(text, sizeof text, "%.10g", value);
  return text;
}

}  // namespace

JsonDocument::JsonDocument(std::string_view text) : parser_(json_parser_new_immutable()) {
  // json-glib takes several values and keeps the last; a line of ours begins and ends as one object.
  if (text.empty() || text.front() != '{') throw BadRequest("the line is not a JSON object");
  if (std::memchr(text.data(), '\0', text.size()) != nullptr || !g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr)) {
    throw BadRequest("the line is not UTF-8 text");
  }
  if (const auto fault = bracketFault(text)) throw BadRequest(*fault);
  GError* error = nullptr;
  const bool parsed = json_parser_load_from_data(parser_.get(), text.data(), static_cast<gssize>(text.size()), &error) != FALSE;
  g_clear_error(&error);
  if (!parsed || root() == nullptr) throw BadRequest("the line is not JSON");
}

Fields::Fields(JsonNode* node, std::string path) : path_(std::move(path)) {
  if (node == nullptr || !JSON_NODE_HOLDS_OBJECT(node)) throw BadRequest(path_ + " must be an object");
  object_ = json_node_get_object(node);
}

std::string Fields::name(const char* key) const { return path_.empty() ? key : path_ + "." + key; }

bool Fields::has(const char* key) {
  asked_.push_back(key);
  return json_object_has_member(object_, key) != FALSE;
}

JsonNode* Fields::get(const char* key) {
  if (!has(key)) throw BadRequest(name(key) + " is missing");
  return json_object_get_member(object_, key);
}

std::string Fields::string(const char* key, size_t minLength, size_t maxLength) {
  JsonNode* node = get(key);
  if (!isString(node)) throw BadRequest(name(key) + " must be a string");
  const char* value = json_node_get_string(node);
  const auto characters = static_cast<size_t>(g_utf8_strlen(value, -1));
  if (characters < minLength || characters > maxLength) {
    throw BadRequest(name(key) + " must have " + std::to_string(minLength) + " to " + std::to_string(maxLength) + " characters");
  }
  return value;
}

double Fields::number(const char* key, double min, double max) {
  JsonNode* node = get(key);
  const double value = isNumber(node) ? json_node_get_double(node) : NAN;
  // Written so that NaN fails too.
  if (!(value >= min && value <= max)) {
    throw BadRequest(name(key) + " must be a number from " + withoutZeros(min) + " to " + withoutZeros(max));
  }
  return value;
}

bool Fields::boolean(const char* key) {
  JsonNode* node = get(key);
  if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_BOOLEAN) {
    throw BadRequest(name(key) + " must be true or false");
  }
  return json_node_get_boolean(node) != FALSE;
}

int64_t Fields::integer(const char* key, int64_t min, int64_t max) {
  if (const auto value = integerOf(get(key), min, max)) return *value;
  throw BadRequest(name(key) + " must be an integer from " + std::to_string(min) + " to " + std::to_string(max));
}

std::vector<int64_t> Fields::integers(const char* key, size_t minCount, size_t maxCount, int64_t min, int64_t max) {
  JsonArray* items = array(key, maxCount);
  const guint length = json_array_get_length(items);
  if (length < minCount) throw BadRequest(name(key) + " must have at least " + std::to_string(minCount) + " items");
  std::vector<int64_t> values;
  for (guint i = 0; i < length; i++) {
    const auto value = integerOf(json_array_get_element(items, i), min, max);
    if (!value) {
      throw BadRequest(name(key) + " must consist of integers from " + std::to_string(min) + " to " + std::to_string(max));
    }
    values.push_back(*value);
  }
  return values;
}

std::vector<std::string> Fields::strings(const char* key, size_t minCount, size_t maxCount, size_t minLength, size_t maxLength) {
  JsonArray* items = array(key, maxCount);
  const guint length = json_array_get_length(items);
  if (length < minCount) throw BadRequest(name(key) + " must have at least " + std::to_string(minCount) + " items");
  std::vector<std::string> values;
  for (guint i = 0; i < length; i++) {
    JsonNode* node = json_array_get_element(items, i);
    const std::string value = isString(node) ? json_node_get_string(node) : "";
    if (value.size() < minLength || value.size() > maxLength) {
      throw BadRequest(name(key) + " must consist of strings of " + std::to_string(minLength) + " to " + std::to_string(maxLength) + " bytes");
    }
    values.push_back(value);
  }
  return values;
}

Fields Fields::object(const char* key) { return Fields(get(key), name(key)); }

std::optional<std::string> Fields::stringUnlessObject(const char* key, size_t maxLength) {
  if (JSON_NODE_HOLDS_OBJECT(get(key))) return std::nullopt;
  return string(key, 0, maxLength);
}

std::optional<std::string> Fields::stringUnlessNull(const char* key, size_t minLength, size_t maxLength) {
  if (JSON_NODE_HOLDS_NULL(get(key))) return std::nullopt;
  return string(key, minLength, maxLength);
}

std::optional<Fields> Fields::objectUnlessNull(const char* key) {
  if (JSON_NODE_HOLDS_NULL(get(key))) return std::nullopt;
  return object(key);
}

std::optional<Fields> Fields::objectUnlessArray(const char* key) {
  if (JSON_NODE_HOLDS_ARRAY(get(key))) return std::nullopt;
  return object(key);
}

JsonArray* Fields::array(const char* key, size_t maxCount) {
  JsonNode* node = get(key);
  if (!JSON_NODE_HOLDS_ARRAY(node)) throw BadRequest(name(key) + " must be an array");
  JsonArray* items = json_node_get_array(node);
  if (json_array_get_length(items) > maxCount) {
    throw BadRequest(name(key) + " must have at most " + std::to_string(maxCount) + " items");
  }
  return items;
}

std::vector<Fields> Fields::objects(const char* key, size_t maxCount) {
  JsonArray* array = this->array(key, maxCount);
  std::vector<Fields> items;
  for (guint i = 0; i < json_array_get_length(array); i++) {
    items.emplace_back(json_array_get_element(array, i), name(key) + "[" + std::to_string(i) + "]");
  }
  return items;
}

void Fields::refuseOthers() {
  JsonObjectIter iterator;
  const char* key = nullptr;
  json_object_iter_init(&iterator, object_);
  while (json_object_iter_next(&iterator, &key, nullptr) != FALSE) {
    bool known = false;
    for (const char* asked : asked_) known = known || std::strcmp(asked, key) == 0;
    if (!known) throw BadRequest(name(clipped(key).c_str()) + " is not a key of this command");
  }
}

}  // namespace interconnect
