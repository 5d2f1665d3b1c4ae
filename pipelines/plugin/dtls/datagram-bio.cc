#include "dtls/datagram-bio.h"

#include <algorithm>
#include <cstring>
#include <memory>

namespace interconnect {

struct DatagramBio::Callbacks {
  static DatagramBio& self(BIO* bio) { return *static_cast<DatagramBio*>(BIO_get_data(bio)); }

  static int write(BIO* bio, const char* data, int size) {
    self(bio).output_.send({reinterpret_cast<const uint8_t*>(data), static_cast<size_t>(size)});
    return size;
  }

  /** One datagram a call; what does not fit is cut off, as recv() does. */
  static int read(BIO* bio, char* out, int size) {
    BIO_clear_retry_flags(bio);
    Span& waiting = self(bio).waiting_;
    if (waiting.size == 0) {
      BIO_set_retry_read(bio);
      return -1;
    }
    const size_t n = std::min(waiting.size, static_cast<size_t>(size));
    std::memcpy(out, waiting.data, n);
    waiting = {};
    return static_cast<int>(n);
  }

  static long control(BIO*, int command, long, void*) {
    switch (command) {
      case BIO_CTRL_FLUSH: return 1;
      case BIO_CTRL_DGRAM_QUERY_MTU: return kDtlsMtu;
      // IPv6 and UDP.
      case BIO_CTRL_DGRAM_GET_MTU_OVERHEAD: return 48;
      default: return 0;
    }
  }

  static int create(BIO* bio) {
    BIO_set_init(bio, 1);
    return 1;
  }

  static BIO_METHOD* make() {
    BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams");
    if (method == nullptr) return nullptr;
    BIO_meth_set_write(method, &write);
    BIO_meth_set_read(method, &read);
    BIO_meth_set_ctrl(method, &control);
    BIO_meth_set_create(method, &create);
    return method;
  }
};

BIO* DatagramBio::bio() {
  struct Release {
    void operator()(BIO_METHOD* method) const { BIO_meth_free(method); }
  };
  static const std::unique_ptr<BIO_METHOD, Release> method(Callbacks::make());
  BIO* made = method ? BIO_new(method.get()) : nullptr;
  if (made != nullptr) BIO_set_data(made, this);
  return made;
}

}  // namespace interconnect
