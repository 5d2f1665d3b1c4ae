// Far ends of WebRTC servers, for measuring those: N browsers (ICE, DTLS, SRTP, Opus or VP8 as made before) and phones in
// plain RTP, in one thread. It does what it is told on stdin, a line of JSON each, and ends with it:
//
//     {"do":"browser","end":1,"remote":{"host":"192.0.2.1","port":3480,"username":"theirs:ours","password":"…","hash":"sha-256",
//      "fingerprint":"AB:…","role":"client"},"password":"ours","controls":true,
//      "voice":{"payloadType":111,"ssrc":7},"hears":{"payloadType":111,"hz":1000,"of":2}}
//     {"do":"phone","end":2,"local":{"host":"127.0.0.1","port":4000},"remote":{…},"voice":…,"hears":…}
//     {"do":"say","ends":[1,2],"voice":"speech"}        or "quiet", "bursts", "tone" with "hz"
//     {"do":"figures","id":3}
//     {"do":"leave","ends":[1]}
//
// It says {"event":"ready","fingerprint":…}, {"event":"secured"|"heard","end":…,"atNs":…} by the monotonic clock, and what
// figures asks for; delaysMs are of the bursts of end `of` that were heard since it was asked last.
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <string>

#include "bench/browsers/crowd.h"

namespace {

/** Lines of a descriptor that does not block. */
class Lines {
 public:
  /** @returns false at its end */
  template <class Take>
  bool read(const Take& take) {
    for (;;) {
      char bytes[65536];
      const ssize_t count = ::read(STDIN_FILENO, bytes, sizeof bytes);
      if (count == 0) return false;
      if (count < 0) return errno == EAGAIN || errno == EINTR;
      text_.append(bytes, static_cast<size_t>(count));
      size_t from = 0;
      for (size_t end; (end = text_.find('\n', from)) != std::string::npos; from = end + 1) take(text_.substr(from, end - from));
      text_.erase(0, from);
    }
  }

 private:
  std::string text_;
};

void watch(int epoll, int descriptor) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = descriptor;
  epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

}  // namespace

int main() {
  const rlimit descriptors{8192, 8192};
  setrlimit(RLIMIT_NOFILE, &descriptors);
  fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
  try {
    bench::Crowd crowd([](const std::string& line) {
      std::puts(line.c_str());
      std::fflush(stdout);
    });
    Lines lines;
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    watch(epoll, STDIN_FILENO);
    watch(epoll, crowd.descriptor());
    for (bool goesOn = true; goesOn;) {
      epoll_event events[2];
      const int count = epoll_wait(epoll, events, 2, 1);
      for (int i = 0; i < count; i++) {
        if (events[i].data.fd == STDIN_FILENO) goesOn = lines.read([&](const std::string& line) { crowd.command(line); });
        else crowd.poll();
      }
      crowd.turn();
    }
    close(epoll);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench-browsers: %s\n", error.what());
    return 1;
  }
  return 0;
}
