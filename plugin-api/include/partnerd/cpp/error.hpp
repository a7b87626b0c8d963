// Errors in a plugin, and the barrier that keeps them in it.
//
// In a handler of a route there are three ways out besides success:
//   refuse(409, "already_redeemed", "...")     answers a problem; the unit commits what the handler wrote (R8)
//   roll_back(409, "out_of_stock", "...")      answers a problem; the unit rolls back
//   any other exception                        the unit rolls back; 500, or what the Error of a service says
#pragma once

#include <partnerd/cpp/text.hpp>

#include <exception>
#include <new>
#include <stdexcept>

namespace partnerd::inline v1 {

// A refusal as RFC 9457 answers it.
struct Problem {
    int status = 400;         // 400 to 599
    std::string code = {};    // stable, [a-z0-9_]{1,47}; listed in the plugin's README
    std::string detail = {};  // a sentence for a person
    std::string field = {};   // a JSON pointer or parameter, or empty
};

// What a service of the host answered; also how a plugin fails with a status of its own.
class Error : public std::runtime_error {
  public:
    Error(partnerd_status status_, std::string const& message) : std::runtime_error(message), status(status_) {}
    Error(partnerd_status status_, partnerd_error const& e)
        : std::runtime_error(e.message),
          status(status_),
          db_category(e.db_category),
          retry_after_ms(e.retry_after_ms),
          http_status(e.http_status),
          sqlstate(e.sqlstate),
          reason(e.reason),
          field(e.field) {}

    partnerd_status status;
    int db_category = 0;
    int retry_after_ms = 0;
    int http_status = 0;
    std::string sqlstate, reason, field;

    // For a route that hands on what the host refused: the same code to the client.
    Problem problem() const { return {http_status != 0 ? http_status : 500, reason.empty() ? "internal" : reason, what(), field}; }
};

class Refusal : public std::exception {
  public:
    explicit Refusal(Problem p) : problem(std::move(p)) {}
    char const* what() const noexcept override { return problem.detail.c_str(); }
    Problem problem;
};

class Rollback : public std::exception {
  public:
    explicit Rollback(Problem p) : problem(std::move(p)) {}
    char const* what() const noexcept override { return problem.detail.c_str(); }
    Problem problem;
};

[[noreturn]] inline void refuse(int status, std::string code, std::string detail, std::string field = {}) {
    throw Refusal({status, std::move(code), std::move(detail), std::move(field)});
}
[[noreturn]] inline void roll_back(int status, std::string code, std::string detail, std::string field = {}) {
    throw Rollback({status, std::move(code), std::move(detail), std::move(field)});
}
// The same call may go well later (deliveries, jobs).
[[noreturn]] inline void retry_after(int ms, std::string const& why) {
    partnerd_error e{};
    e.retry_after_ms = ms;
    Error error(PARTNERD_E_RETRY, e);
    static_cast<std::runtime_error&>(error) = std::runtime_error(why);
    throw error;
}

namespace detail {

// Copies as much as fits, never half a UTF-8 character.
template <std::size_t N>
void put_text(char (&to)[N], std::string_view text) noexcept {
    auto n = std::min(N - 1, text.size());
    if (n < text.size())
        while (n > 0 && (static_cast<unsigned char>(text[n]) & 0xC0) == 0x80) --n;
    std::memcpy(to, text.data(), n);
    to[n] = '\0';
}

// The struct may be of an older plugin-api on the other side: only a complete one is written.
inline bool writable(partnerd_error const* e) noexcept { return e != nullptr && e->struct_size >= sizeof(partnerd_error); }

inline partnerd_status fail(partnerd_error* e, partnerd_status status, std::string_view message) noexcept {
    if (!writable(e)) return status;
    e->status = status;
    put_text(e->message, message);
    return status;
}
inline partnerd_status fail(partnerd_error* e, Error const& x) noexcept {
    if (!writable(e)) return x.status;
    e->db_category = x.db_category;
    e->retry_after_ms = x.retry_after_ms;
    e->http_status = x.http_status;
    put_text(e->sqlstate, x.sqlstate);
    put_text(e->reason, x.reason);
    put_text(e->field, x.field);
    return fail(e, x.status, x.what());
}
inline partnerd_status fail(partnerd_error* e, Problem const& p) noexcept {
    if (!writable(e)) return PARTNERD_E_FAIL;
    e->http_status = p.status;
    put_text(e->reason, p.code);
    put_text(e->field, p.field);
    return fail(e, PARTNERD_E_FAIL, p.detail);
}

// The barrier: runs `body` and turns whatever it throws into the caller's error. `body` returns a status or nothing.
template <class Body>
partnerd_status guarded(partnerd_error* e, Body&& body) noexcept {
    try {
        if constexpr (std::is_void_v<decltype(body())>) {
            body();
            return PARTNERD_OK;
        } else {
            return body();
        }
    } catch (Refusal const& x) {
        return fail(e, x.problem);
    } catch (Rollback const& x) {
        return fail(e, x.problem);
    } catch (Error const& x) {
        return fail(e, x);
    } catch (std::bad_alloc const&) {
        return fail(e, PARTNERD_E_NOMEM, "out of memory");
    } catch (std::exception const& x) {
        return fail(e, PARTNERD_E_FAIL, x.what());
    } catch (...) {
        return fail(e, PARTNERD_E_FAIL, "an exception of unknown type");
    }
}

// Calls a function of the host that takes a partnerd_error* last; throws Error when it fails. Returns its status.
template <class Function, class... Args>
partnerd_status call(Function function, Args... args) {
    if (function == nullptr) throw Error(PARTNERD_E_UNSUPPORTED, "this host does not offer the function");
    partnerd_error e{};
    e.struct_size = sizeof e;
    auto const status = function(args..., &e);
    if (status < 0) throw Error(status, e);
    return status;
}
// For functions without a partnerd_error*.
inline partnerd_status check(partnerd_status status, char const* what) {
    if (status < 0) throw Error(status, what);
    return status;
}

}  // namespace detail

}  // namespace partnerd::inline v1
