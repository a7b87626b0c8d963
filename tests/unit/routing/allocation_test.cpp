// What the click path promises: a path that is found costs no allocation. This file replaces the global operator new to count.
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <new>

#include "routing/rate_limit.hpp"
#include "routing/router.hpp"

namespace {
thread_local long allocations = 0;
}

// Not inlined: the compiler would see memory of malloc() given to delete.
[[gnu::noinline]] void* operator new(std::size_t size) {
    ++allocations;
    if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace partnerd::routing {

BOOST_AUTO_TEST_SUITE(allocation)

namespace {
long allocations_of(auto const& work) {
    auto const before = allocations;
    work();
    return allocations - before;
}
}  // namespace

BOOST_AUTO_TEST_CASE(finding_a_route_allocates_nothing) {
    Router router;
    Route route;
    route.method = "GET";
    route.scopes = "public";
    route.handle = [](storage::Tx&, Request&, Response&) -> Status { return {}; };
    for (auto const* path : {"/r/{code}", "/v1/programs/{program}/conversions/{id}", "/v1/programs/demo/links"}) {
        route.path = path;
        router.add(route).value();
    }
    BOOST_TEST(allocations_of([&] { router.find("GET", "/r/a%20b"); }) > 0);  // the count counts: escapes are decoded into memory
    BOOST_TEST(allocations_of([&] { router.find("GET", "/r/a-code-that-is-longer-than-a-small-string"); }) == 0);
    BOOST_TEST(allocations_of([&] { router.find("GET", "/v1/programs/demo/conversions/cnv_0d7t2k9x4m1qe"); }) == 0);
    BOOST_TEST(allocations_of([&] { router.find("GET", "/nothing/here"); }) == 0);
}

BOOST_AUTO_TEST_CASE(limiting_the_rate_allocates_nothing) {
    RateLimiter limiter;
    BOOST_TEST(allocations_of([&] { limiter.take({10, 10}, caller_of_address("2001:db8::1"), 1); }) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::routing
