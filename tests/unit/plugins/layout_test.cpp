// Sizes, offsets and values are asserted while this compiles (layout.h); ids and what the host serves are compared here.
#include "layout.h"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "plugins/services.hpp"

extern "C" {
char const* layout_c_service_id(int i, int column);
int layout_c_service_count(void);
}

namespace partnerd::plugins {
namespace {

bool there(std::string const& program) { return std::system(("command -v " + program + " > /dev/null 2>&1").c_str()) == 0; }

}  // namespace

BOOST_AUTO_TEST_SUITE(layout)

BOOST_AUTO_TEST_CASE(the_ids_of_services_are_as_they_were_and_the_host_has_each_of_them_whole) {
    BOOST_TEST(static_cast<std::size_t>(layout_c_service_count()) == services().size());
    for (int i = 0; i < layout_c_service_count(); ++i) {
        BOOST_TEST(std::string_view(layout_c_service_id(i, 0)) == layout_c_service_id(i, 1));
        BOOST_TEST(std::string_view(layout_service_ids[i][0]) == layout_c_service_id(i, 0));
        auto const* const service = find_service(layout_c_service_id(i, 0));
        BOOST_REQUIRE(service != nullptr);
        BOOST_TEST(*static_cast<std::uint32_t const*>(service->table) == service->size);
        // Behind struct_size and reserved, every function is there.
        auto const* const functions = static_cast<void* const*>(service->table) + 1;
        for (std::size_t n = 0; n < service->size / sizeof(void*) - 1; ++n)
            BOOST_TEST(functions[n] != nullptr, service->id << " function " << n);
    }
}

BOOST_AUTO_TEST_CASE(every_compiler_that_is_there_agrees_and_takes_each_header_alone) {
    std::string const root = PARTNERD_SOURCE_DIR;
    auto const include = " -I" + root + "/plugin-api/include -I" + root + "/tests/unit/plugins ";
    struct {
        char const* compiler;
        char const* flags;
    } const compilers[] = {
        {"gcc", "-x c -std=c11"}, {"clang", "-x c -std=c11"}, {"g++", "-x c++ -std=c++20"}, {"clang++", "-x c++ -std=c++20"}};
    for (auto const& c : compilers) {
        if (!there(c.compiler)) continue;
        auto const check = [&](std::string const& file) {
            auto const command =
                std::string(c.compiler) + " " + c.flags + " -pedantic -Wall -Wextra -Werror -fsyntax-only" + include + file;
            BOOST_TEST(std::system(command.c_str()) == 0, command);
        };
        check(root + "/tests/unit/plugins/layout_c.c");
        for (auto const& header : std::filesystem::directory_iterator(root + "/plugin-api/include/partnerd"))
            if (header.path().extension() == ".h") check("-Wno-pragma-once-outside-header " + header.path().string());
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace partnerd::plugins
