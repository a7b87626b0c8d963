#include "e2e/installation.hpp"

#include <stdlib.h>

#include <atomic>
#include <stdexcept>

namespace partnerd::e2e {

namespace {

std::filesystem::path make_folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "partnerd-e2e-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder could be made");
    return pattern;
}

struct Words {
    std::string url, listen = "127.0.0.1:0", limits;
};

std::string config_text(std::vector<PluginLine> const& plugins, Words const& words) {
    std::string text =
        std::string("[server]\nlisten = \"" + words.listen + "\"\nmetrics_listen = \"\"\npublic_url = \"http://127.0.0.1:8080\"\n") + (testing::on_postgresql() ? "unix_socket = \"partnerd.sock\"\n" : "") +
        "[server.limits]\nrate_per_minute = 0\nconnections_per_ip_max = 10000\n" + words.limits +
        "[storage]\nurl = \"" + words.url + "\"\n"
        "[log]\nlevel = \"info\"\nformat = \"json\"\n"
        "[plugins]\ndirectory = \"" PARTNERD_BINARY_DIR "/lib/partnerd/plugins\"\n";
    for (auto const& plugin : plugins) {
        text += "[[plugin]]\nid = \"" + plugin.id + "\"\nroot_routes = true\n";
        if (!plugin.file.empty()) text += "file = \"" + plugin.file + "\"\n";
        if (plugin.optional) text += "optional = true\n";
    }
    return text;
}

}  // namespace

std::filesystem::path binary() { return PARTNERD_BINARY_DIR "/bin/partnerd"; }

std::filesystem::path demo(std::string const& name) { return std::filesystem::path(PARTNERD_SOURCE_DIR "/etc/demo") / name; }

Installation::Installation(std::vector<PluginLine> const& plugins) : folder_(make_folder()), database_(std::in_place, folder_ / "partnerd.db"), url_(database_->url()) {
    write_text(config(), config_text(plugins, {url_}));
}

Installation::Installation(std::string url, std::string const& listen, std::string const& lines) : folder_(make_folder()), url_(std::move(url)) {
    write_text(config(), config_text({{"coupons", {}, false}, {"referrals", {}, false}}, {url_, listen, lines}));
}

Installation::~Installation() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

std::vector<std::string> Installation::command(std::vector<std::string> words) const {
    words.insert(words.begin(), binary().string());
    words.insert(words.end(), {"--config", config().string()});
    return words;
}

std::unique_ptr<Process> Installation::start(std::vector<std::string> words) const {
    static std::atomic<int> number{0};
    auto const name = "command-" + std::to_string(++number);
    return std::make_unique<Process>(command(std::move(words)), path(name + ".out"), path(name + ".err"));
}

Finished Installation::run(std::vector<std::string> words) const {
    auto const process = start(std::move(words));
    auto const ended = process->wait();
    return {ended, read_text(process->out()), read_text(process->err())};
}

std::string Installation::done(std::vector<std::string> words) const {
    auto const name = words.front();
    auto finished = run(std::move(words));
    if (finished.exit_code() != 0) throw std::runtime_error("partnerd " + name + " failed: " + finished.out + finished.err);
    return std::move(finished.out);
}

}  // namespace partnerd::e2e
