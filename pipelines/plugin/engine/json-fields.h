#pragma once
#include <json-glib/json-glib.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace interconnect {

/** Deeper nesting is refused before json-glib sees it: its parser recurses, and a line of brackets would end the stack. */
constexpr size_t kMaxJsonDepth = 16;

/** A parsed JSON text. */
class JsonDocument {
 public:
  /** @throws BadRequest not JSON, or nested deeper than kMaxJsonDepth */
  explicit JsonDocument(std::string_view text);
  JsonNode* root() const { return json_parser_get_root(parser_.get()); }

 private:
  struct Unref {
    void operator()(JsonParser* parser) const { g_object_unref(parser); }
  };
  std::unique_ptr<JsonParser, Unref> parser_;
};

/**
 * The keys of one JSON object, read by name and type; lives no longer than its document.
 *
 * Every reader throws BadRequest with a sentence that names the key when it is missing, of another type or out of range.
 */
class Fields {
 public:
  /** `path` stands before the keys in sentences: "params.local". */
  Fields(JsonNode* node, std::string path);

  /** Whether the key is there at all, null included. */
  bool has(const char* key);
  std::string string(const char* key, size_t minLength, size_t maxLength);
  int64_t integer(const char* key, int64_t min, int64_t max);
  bool boolean(const char* key);
  double number(const char* key, double min, double max);
  Fields object(const char* key);
  /** Strings and objects share `implementation`: the string, or nothing when it is an object. */
  std::optional<std::string> stringUnlessObject(const char* key, size_t maxLength);
  /** Nothing when it is an array. */
  std::optional<Fields> objectUnlessArray(const char* key);
  /** Nothing when it is null. */
  std::optional<Fields> objectUnlessNull(const char* key);
  std::optional<std::string> stringUnlessNull(const char* key, size_t minLength, size_t maxLength);
  std::vector<int64_t> integers(const char* key, size_t minCount, size_t maxCount, int64_t min, int64_t max);
  std::vector<std::string> strings(const char* key, size_t minCount, size_t maxCount, size_t minLength, size_t maxLength);
  std::vector<Fields> objects(const char* key, size_t maxCount);
  /** @throws BadRequest when the object has keys that nobody has asked for */
  void refuseOthers();
  /** "params.local.host": for sentences. */
  std::string name(const char* key) const;

 private:
  JsonNode* get(const char* key);
  JsonArray* array(const char* key, size_t maxCount);
  JsonObject* object_;
  std::string path_;
  std::vector<const char*> asked_;
};

}  // namespace interconnect
