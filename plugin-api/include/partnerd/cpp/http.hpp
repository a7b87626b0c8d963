// Requests, answers and the registration of routes.
//   host.http().write("POST", "/redeem", {.scopes = "merchant"}, this, &Coupons::redeem);
//   host.http().io("GET", "//r/{code}", {.scopes = "public"}, [this](Request& q, Response& a) { return redirect(q, a); });
#pragma once

#include <partnerd/cpp/storage.hpp>

#include <functional>
#include <type_traits>

namespace partnerd::inline v1 {

enum class PrincipalKind : std::int32_t {
    nobody = PARTNERD_NOBODY,
    operator_ = PARTNERD_OPERATOR,
    merchant = PARTNERD_MERCHANT,
    partner = PARTNERD_PARTNER,
};
struct Principal {
    PrincipalKind kind = PrincipalKind::nobody;
    Id id = 0;  // the partner or the program
    Id key = 0;
    bool test = false;
    std::string_view scopes;
};

// The request of a handler. Views last until the handler returns.
class Request {
  public:
    Request(Services const& services, partnerd_req* req) : http_(services.http.operator->()), req_(req) {}
    Request(Request const&) = delete;
    Request& operator=(Request const&) = delete;

    std::string_view method() const { return sv(http_->method(req_)); }
    std::string_view target() const { return sv(http_->target(req_)); }
    std::string_view body() const { return sv(http_->body(req_)); }
    std::string_view client_ip() const { return sv(http_->client_ip(req_)); }
    std::string_view request_id() const { return sv(http_->request_id(req_)); }
    Id program() const { return http_->program(req_); }
    // Path parameter, then query or form body.
    std::optional<std::string_view> param(std::string_view name, std::size_t nth = 0) const {
        partnerd_str found{};
        return given(http_->param(req_, str(name), nth, &found), found);
    }
    std::optional<std::string_view> header(std::string_view name) const {
        partnerd_str found{};
        return given(http_->header(req_, str(name), &found), found);
    }
    std::optional<std::string_view> cookie(std::string_view name) const {
        partnerd_str found{};
        return given(http_->cookie(req_, str(name), &found), found);
    }
    Principal principal() const {
        partnerd_principal p{};
        p.struct_size = sizeof p;
        detail::check(http_->principal(req_, &p), "http.principal");
        return {static_cast<PrincipalKind>(p.kind), p.id, p.key, p.test != 0, sv(p.scopes)};
    }
    partnerd_req* raw() const noexcept { return req_; }

  private:
    static std::optional<std::string_view> given(partnerd_status status, partnerd_str found) {
        if (status == PARTNERD_E_NOTFOUND) return std::nullopt;
        detail::check(status, "http: the request is no longer there");
        return sv(found);
    }
    partnerd_http_api const* http_;
    partnerd_req* req_;
};

// An answer given later. complete() once, on any thread; giving it to tracking().click() does that too.
class Deferred {
  public:
    Deferred() = default;
    Deferred(partnerd_http_api const* http, partnerd_deferred* deferred) : http_(http), deferred_(deferred) {}
    Deferred(Deferred&& other) noexcept : http_(other.http_), deferred_(std::exchange(other.deferred_, nullptr)) {}
    Deferred& operator=(Deferred&& other) noexcept {
        if (this != &other) {
            complete(PARTNERD_E_FAIL);
            http_ = other.http_;
            deferred_ = std::exchange(other.deferred_, nullptr);
        }
        return *this;
    }
    // Whoever forgets it answers 500 and not a hanging client.
    ~Deferred() { complete(PARTNERD_E_FAIL); }

    void complete(partnerd_status status = PARTNERD_OK) noexcept {
        if (auto* const d = release()) http_->complete(d, status);
    }
    partnerd_deferred* raw() const noexcept { return deferred_; }
    partnerd_deferred* release() noexcept { return std::exchange(deferred_, nullptr); }

  private:
    partnerd_http_api const* http_ = nullptr;
    partnerd_deferred* deferred_ = nullptr;
};

// The answer of a handler: begins as 200, application/json, empty.
class Response {
  public:
    Response(Services const& services, partnerd_resp* resp) : http_(services.http.operator->()), resp_(resp) {}
    Response(Response const&) = delete;
    Response& operator=(Response const&) = delete;

    Response& status(int code) {
        detail::check(http_->status(resp_, code), "http.status: not 200 to 599");
        return *this;
    }
    Response& set_header(std::string_view name, std::string_view value) {
        detail::check(http_->set_header(resp_, str(name), str(value)), "http.set_header: a name or value that is not allowed");
        return *this;
    }
    Response& add_header(std::string_view name, std::string_view value) {
        detail::check(http_->add_header(resp_, str(name), str(value)), "http.add_header: a name or value that is not allowed");
        return *this;
    }
    Response& write(std::string_view chunk) {
        detail::check(http_->write(resp_, str(chunk)), "http.write: the body is too large");
        return *this;
    }
    // Makes the answer a problem; the unit commits if the handler returns.
    void problem(Problem const& p) {
        detail::check(http_->problem(resp_, p.status, str(p.code), str(p.detail), str(p.field)),
                      "http.problem: status or code not allowed");
    }
    void redirect(std::string_view location, int code = 302) { status(code).set_header("location", location); }
    // [io] The route then returns Flow::deferred.
    Deferred defer() {
        auto* const d = http_->defer(resp_);
        if (d == nullptr) throw Error(PARTNERD_E_STATE, "only an IO route defers, and once");
        return {http_, d};
    }
    partnerd_resp* raw() const noexcept { return resp_; }

  private:
    partnerd_http_api const* http_;
    partnerd_resp* resp_;
};

// How an IO route leaves.
enum class Flow : std::int32_t { answered = PARTNERD_OK, deferred = PARTNERD_DEFERRED, load = PARTNERD_LOAD };

struct RouteOptions {
    char const* scopes = "operator";  // "public", or "operator" "merchant" "partner", separated by spaces
    char const* summary = nullptr;
    char const* accepts = nullptr;  // media types of a body; application/json
    int timeout_ms = 0;             // 0: the host's
    unsigned max_body = 0;          // 0: the host's
};

namespace detail {

// Runs a handler that returns nothing or std::optional<Problem>; what it refuses is the answer.
template <class Run>
void refusing(Response& response, Run&& run) {
    try {
        if constexpr (std::is_void_v<decltype(run())>) {
            run();
        } else {
            static_assert(std::is_same_v<decltype(run()), std::optional<Problem>>, "a handler returns void or std::optional<Problem>");
            if (auto const refused = run()) response.problem(*refused);
        }
    } catch (Refusal const& x) {
        response.problem(x.problem);
    }
}

template <class F>
struct TxRoute {
    Services const* services;
    F handle;
    static partnerd_status run(void* user, partnerd_tx* raw_tx, partnerd_req* req, partnerd_resp* resp, partnerd_error* e) noexcept {
        auto& self = *static_cast<TxRoute*>(user);
        return guarded(e, [&] {
            Tx tx(*self.services, raw_tx);
            Request request(*self.services, req);
            Response response(*self.services, resp);
            refusing(response, [&] { return self.handle(tx, request, response); });
        });
    }
};
template <class F>
struct WorkRoute {
    Services const* services;
    F handle;
    static partnerd_status run(void* user, partnerd_tx*, partnerd_req* req, partnerd_resp* resp, partnerd_error* e) noexcept {
        auto& self = *static_cast<WorkRoute*>(user);
        return guarded(e, [&] {
            Request request(*self.services, req);
            Response response(*self.services, resp);
            refusing(response, [&] { return self.handle(request, response); });
        });
    }
};
template <class F>
struct IoRoute {
    Services const* services;
    F handle;
    static partnerd_status run(void* user, partnerd_tx*, partnerd_req* req, partnerd_resp* resp, partnerd_error* e) noexcept {
        auto& self = *static_cast<IoRoute*>(user);
        return guarded(e, [&]() -> partnerd_status {
            Request request(*self.services, req);
            Response response(*self.services, resp);
            try {
                return static_cast<partnerd_status>(self.handle(request, response));
            } catch (Refusal const& x) {
                response.problem(x.problem);
                return PARTNERD_OK;
            }
        });
    }
};

}  // namespace detail

// Registration of routes, in the plugin's constructor. Paths, scopes and limits: see partnerd/http.h.
class Http {
  public:
    explicit Http(Services& services) : services_(&services) {}

    // handle(Tx&, Request&, Response&), returning void or std::optional<Problem>.
    template <class F>
    void read(char const* method, char const* path, RouteOptions const& options, F handle) {
        add<detail::TxRoute<F>>(PARTNERD_ROUTE_READ, method, path, options, std::move(handle));
    }
    template <class F>
    void write(char const* method, char const* path, RouteOptions const& options, F handle) {
        add<detail::TxRoute<F>>(PARTNERD_ROUTE_WRITE, method, path, options, std::move(handle));
    }
    // handle(Request&, Response&)
    template <class F>
    void worker(char const* method, char const* path, RouteOptions const& options, F handle) {
        add<detail::WorkRoute<F>>(PARTNERD_ROUTE_WORKER, method, path, options, std::move(handle));
    }
    // Flow handle(Request&, Response&)
    template <class F>
    void io(char const* method, char const* path, RouteOptions const& options, F handle) {
        add<detail::IoRoute<F>>(PARTNERD_ROUTE_IO, method, path, options, std::move(handle));
    }
    // The same with a member function: write("POST", "/redeem", {}, this, &Coupons::redeem).
    template <class Object, class R>
    void read(char const* method, char const* path, RouteOptions const& options, Object* o, R (Object::*f)(Tx&, Request&, Response&)) {
        read(method, path, options, [o, f](Tx& tx, Request& q, Response& a) { return (o->*f)(tx, q, a); });
    }
    template <class Object, class R>
    void write(char const* method, char const* path, RouteOptions const& options, Object* o, R (Object::*f)(Tx&, Request&, Response&)) {
        write(method, path, options, [o, f](Tx& tx, Request& q, Response& a) { return (o->*f)(tx, q, a); });
    }
    template <class Object, class R>
    void worker(char const* method, char const* path, RouteOptions const& options, Object* o, R (Object::*f)(Request&, Response&)) {
        worker(method, path, options, [o, f](Request& q, Response& a) { return (o->*f)(q, a); });
    }
    template <class Object>
    void io(char const* method, char const* path, RouteOptions const& options, Object* o, Flow (Object::*f)(Request&, Response&)) {
        io(method, path, options, [o, f](Request& q, Response& a) { return (o->*f)(q, a); });
    }

  private:
    template <class Trampoline, class F>
    void add(std::int32_t kind, char const* method, char const* path, RouteOptions const& options, F handle) {
        auto* const kept = services_->keep(Trampoline{services_, std::move(handle)});
        partnerd_route route{};
        route.struct_size = sizeof route;
        route.kind = kind;
        route.method = method;
        route.path = path;
        route.scopes = options.scopes;
        route.summary = options.summary;
        route.accepts = options.accepts;
        route.timeout_ms = options.timeout_ms;
        route.max_body = options.max_body;
        route.handle = &Trampoline::run;
        route.user = kept;
        detail::call(services_->http->add_route, services_->host, static_cast<partnerd_route const*>(&route));
    }
    Services* services_;
};

}  // namespace partnerd::inline v1
