#include "recording/recording-folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "engine/failure.h"

namespace interconnect {
namespace {

constexpr const char* kManifest = "recording.json";
constexpr const char* kNewManifest = "recording.json.new";

/** A descriptor that is closed when it is not kept. */
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int value() const { return value_; }
  int keep() { return std::exchange(value_, -1); }

 private:
  int value_;
};

double ms(Nanos time) { return static_cast<double>(time) / kMillisecond; }

}  // namespace

void writeRecordedFile(JsonWriter& json, const RecordedFile& file) {
  json.open('{').field("path", file.path).key("leg");
  if (file.leg.empty()) json.null();
  else json.value(file.leg);
  json.field("offsetMs", ms(file.offset)).key("durationMs");
  if (file.duration) json.value(ms(*file.duration));
  else json.null();
  json.field("bytes", file.bytes).field("missedMs", ms(file.missed)).close('}');
}

RecordingFolder::~RecordingFolder() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void RecordingFolder::make(Nanos startedAt) {
  const Descriptor root(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (root.value() < 0) throwFileFailure(errno, root_ + " cannot be opened");
  const std::string& name = terms_.recording;
  if (::mkdirat(root.value(), name.c_str(), 0700) != 0) throwFileFailure(errno, root_ + "/" + name + " cannot be made");
  Descriptor folder(::openat(root.value(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (folder.value() < 0) throwFileFailure(errno, root_ + "/" + name + " cannot be opened");
  const std::lock_guard lock(mutex_);
  descriptor_ = folder.keep();
  startedAt_ = startedAt;
  write(false);
}

void RecordingFolder::note(const RecordedFile& file) {
  const std::lock_guard lock(mutex_);
  const auto known = std::find_if(files_.begin(), files_.end(), [&](const RecordedFile& f) { return f.path == file.path; });
  if (known == files_.end()) files_.push_back(file);
  else *known = file;
  write(false);
}

void RecordingFolder::finish(const char* reason) {
  const std::lock_guard lock(mutex_);
  reason_ = reason;
  write(true);
  if (::fsync(descriptor_) != 0) throwFileFailure(errno, "the recording's folder cannot be written");
}

std::string RecordingFolder::manifest() const {
  JsonWriter json;
  json.open('{').field("version", 1).field("recording", terms_.recording).key("session");
  if (terms_.leg.empty()) json.value(terms_.session).key("leg").null();
  else json.null().key("leg").value(terms_.leg);
  json.field("channels", terms_.channels);
  json.field("mode", terms_.individual ? "individual" : "mixed").field("format", nameOf(terms_.format));
  json.field("sampleRate", terms_.sampleRate).field("startedAt", static_cast<int64_t>(startedAt_ / kMillisecond));
  json.field("reason", reason_).key("files").open('[');
  for (const RecordedFile& file : files_) writeRecordedFile(json, file);
  return json.close(']').close('}').take() + "\n";
}

void RecordingFolder::write(bool durable) {
  const std::string text = manifest();
  ::unlinkat(descriptor_, kNewManifest, 0);
  OutputFile file(descriptor_, kNewManifest);
  file.append({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  if (durable) file.sync();
  if (::renameat(descriptor_, kNewManifest, descriptor_, kManifest) != 0) throwFileFailure(errno, "the manifest cannot be written");
}

}  // namespace interconnect
