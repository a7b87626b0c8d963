#define BOOST_DLL_USE_STD_FS
#include "plugins/library.hpp"

#include <boost/dll/shared_library.hpp>
#include <vector>

#include "plugins/services.hpp"

namespace partnerd::plugins {
namespace {

using Entry = partnerd_plugin const*(partnerd_host_api const*) noexcept;
constexpr char const* entry_name = "partnerd_plugin_v1";

// Never destroyed, so that no library is closed, not even at exit.
std::vector<boost::dll::shared_library>& opened() {
    static auto& libraries = *new std::vector<boost::dll::shared_library>;  // NOLINT
    return libraries;
}

Error not_a_plugin(std::string why) { return Error(errc::not_a_plugin, std::move(why)); }

}  // namespace

Result<partnerd_plugin const*> open_plugin(std::string const& path) {
    namespace dll = boost::dll;
    try {
        std::error_code failure;
        if (!std::filesystem::is_regular_file(path, failure)) return not_a_plugin("there is no such file");
        dll::shared_library library(std::filesystem::absolute(path), dll::load_mode::rtld_now | dll::load_mode::rtld_local);
        opened().push_back(library);
        if (!library.has(entry_name)) return not_a_plugin(std::string("it does not export ") + entry_name);
        auto const* const plugin = library.get<Entry>(entry_name)(&host_api());
        if (plugin == nullptr) return not_a_plugin("it refuses to run on this server");
        return plugin;
    } catch (std::exception const& why) {
        return not_a_plugin(why.what());
    } catch (...) {
        return not_a_plugin("it throws while it is opened");
    }
}

}  // namespace partnerd::plugins
