#pragma once

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

/**
 * The plugin's own test frame. A test file is an executable:
 *
 *     TEST("a packet that is cut short is refused") { CHECK(!parseRtp({bytes, 11})); }
 *     int main() { return check::run(); }
 *
 * A failing check prints file and line and lets the test go on; the last line is "N passed, N failed", counted in tests.
 */
namespace check {

struct Test {
  const char* name;
  void (*body)();
};

inline std::vector<Test>& tests() {
  static std::vector<Test> all;
  return all;
}

inline int& failures() {
  static int count = 0;
  return count;
}

struct Registration {
  Registration(const char* name, void (*body)()) { tests().push_back({name, body}); }
};

inline bool report(bool ok, const char* file, int line, const std::string& what) {
  if (!ok) {
    ++failures();
    std::printf("%s:%d: %s\n", file, line, what.c_str());
  }
  return ok;
}

inline std::string show(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.10g", value);
  return text;
}

template <typename T, typename = std::enable_if_t<std::is_arithmetic_v<T> || std::is_enum_v<T>>>
std::string show(T value) {
  return show(static_cast<double>(value));
}

inline std::string show(const std::string& value) { return '"' + value + '"'; }

template <typename A, typename B>
bool equal(const A& actual, const B& expected, const char* expression, const char* file, int line) {
  if (actual == expected) return true;
  return report(false, file, line, std::string(expression) + " is " + show(actual) + ", not " + show(expected));
}

inline bool near(double actual, double expected, double tolerance, const char* expression, const char* file, int line) {
  if (std::fabs(actual - expected) <= tolerance) return true;
  return report(false, file, line,
                std::string(expression) + " is " + show(actual) + ", not " + show(expected) + " ± " + show(tolerance));
}

inline int run() {
  int failed = 0;
  for (const Test& test : tests()) {
    const int before = failures();
    test.body();
    const bool ok = failures() == before;
    failed += ok ? 0 : 1;
    std::printf("%s %s\n", ok ? "ok  " : "FAIL", test.name);
    std::fflush(stdout);
  }
  std::printf("%zu passed, %d failed\n", tests().size() - static_cast<size_t>(failed), failed);
  // An executable that ran nothing has shown nothing.
  return failed == 0 && !tests().empty() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace check

#define CHECK_JOIN2(a, b) a##b
#define CHECK_JOIN(a, b) CHECK_JOIN2(a, b)
#define TEST(name)                                                                                         \
  static void CHECK_JOIN(test_, __LINE__)();                                                               \
  static const check::Registration CHECK_JOIN(registration_, __LINE__)(name, CHECK_JOIN(test_, __LINE__)); \
  static void CHECK_JOIN(test_, __LINE__)()
#define CHECK(condition) check::report(static_cast<bool>(condition), __FILE__, __LINE__, "not true: " #condition)
#define CHECK_EQUAL(actual, expected) check::equal((actual), (expected), #actual, __FILE__, __LINE__)
#define CHECK_NEAR(actual, expected, tolerance) \
  check::near((actual), (expected), (tolerance), #actual, __FILE__, __LINE__)
