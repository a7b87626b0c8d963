#include "durability/disk.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <ostream>

namespace partnerd::durability {
namespace {

using Kind = DiskEvent::Kind;
using Keeps = Loss::Keeps;

constexpr std::array<char const*, 7> keeps_names{"nothing", "all", "a beginning", "half", "most", "few", "any state"};

std::size_t draw(Random& random, std::size_t most) { return std::uniform_int_distribution<std::size_t>(0, most)(random); }
bool one_in(Random& random, std::size_t n) { return draw(random, n - 1) == 0; }

// How many of `count` changes of one place arrived, if they arrive in their order.
std::size_t draw_kept(Keeps keeps, std::size_t count, Random& random) {
    switch (keeps) {
        case Keeps::nothing: return 0;
        case Keeps::all:
        case Keeps::a_beginning: return count;  // the caller counts only the beginning
        case Keeps::half: return one_in(random, 2) ? count : 0;
        case Keeps::most: return one_in(random, 10) ? draw(random, count) : count;
        case Keeps::few: return one_in(random, 10) ? draw(random, count) : 0;
        case Keeps::any_state: break;
    }
    return draw(random, count);
}

std::size_t end_of(DiskEvent const& event) { return static_cast<std::size_t>(event.at) + event.bytes.size(); }

std::size_t size_after(std::size_t size, DiskEvent const& event) {
    return event.kind == Kind::truncate ? static_cast<std::size_t>(event.at) : std::max(size, end_of(event));
}

// One event as it reached the sectors that kept it.
class Sectors {
  public:
    Sectors(std::string& data, Loss const& loss, std::size_t changes, Random& random) : data_(data), loss_(loss), random_(random) {
        for (std::size_t i = 0; i * loss.sector < data.size(); ++i) kept_.push_back(draw_kept(loss.keeps, changes, random));
    }
    void happen(DiskEvent const& event, std::size_t number) {
        std::size_t const from = static_cast<std::size_t>(event.at);
        std::size_t const to = event.kind == Kind::truncate ? data_.size() : end_of(event);
        for (std::size_t at = from; at < to;) {
            std::size_t const sector = at / loss_.sector, end = std::min(to, (sector + 1) * loss_.sector);
            if (number < kept_[sector]) put(event, at, end - at, number + 1 == kept_[sector]);
            at = end;
        }
    }

  private:
    void put(DiskEvent const& event, std::size_t at, std::size_t size, bool last) {
        if (event.kind == Kind::truncate) return static_cast<void>(std::memset(data_.data() + at, 0, size));
        if (last && loss_.torn && one_in(random_, 4)) size = draw(random_, size);
        std::memcpy(data_.data() + at, event.bytes.data() + (at - static_cast<std::size_t>(event.at)), size);
    }
    std::string& data_;
    Loss const& loss_;
    Random& random_;
    std::vector<std::size_t> kept_;  // by sector: how many of the changes it saw
};

}  // namespace

Loss draw_loss(Random& random) {
    return {static_cast<Keeps>(draw(random, keeps_names.size() - 1)), one_in(random, 2) ? 512U : 4096U, one_in(random, 2),
            one_in(random, 2)};
}

std::ostream& operator<<(std::ostream& out, Loss const& loss) {
    return out << "keeps " << keeps_names.at(static_cast<std::size_t>(loss.keeps)) << ", sectors of " << loss.sector
               << (loss.torn ? ", torn" : "") << (loss.garbage ? ", garbage" : "");
}

void Disk::write_to(File& file, DiskEvent const& event) {
    auto const size = size_after(file.durable.size(), event);
    file.durable.resize(size);
    if (event.kind == Kind::write) file.durable.replace(static_cast<std::size_t>(event.at), event.bytes.size(), event.bytes);
}

void Disk::sync(DiskEvent const& event) {
    auto& file = files_.at(event.file);
    if (file.of == FileKind::database ? lies_.database : lies_.log) return;
    auto const end = std::find_if(file.waiting.begin(), file.waiting.end(),
                                  [&](Waiting const& waiting) { return waiting.number >= static_cast<std::size_t>(event.at); });
    for (auto waiting = file.waiting.begin(); waiting != end; ++waiting) write_to(file, *waiting->event);
    file.waiting.erase(file.waiting.begin(), end);
}

// What a failed sync should have written, the kernel takes for written: every other time, half of that is lost for good.
void Disk::forget(DiskEvent const& event) {
    Random random(static_cast<std::uint64_t>(event.at));
    if (one_in(random, 2)) return;
    std::erase_if(files_.at(event.file).waiting, [&](Waiting const&) { return one_in(random, 2); });
}

void Disk::rename_in(std::map<std::string, int>& names, DiskEvent const& event) {
    if (event.kind == Kind::create) names[event.name] = event.file;
    else names.erase(event.name);
}

void Disk::sync_folder() {
    if (lies_.folder) return;
    for (auto const* change : changes_) rename_in(names_, *change);
    changes_.clear();
}

void Disk::happen(DiskEvent const& event, std::size_t number) {
    happened_ = number + 1;
    switch (event.kind) {
        case Kind::found:
            names_[event.name] = event.file;
            files_[event.file] = {event.of, event.bytes, {}};
            return;
        case Kind::create: files_[event.file].of = event.of; [[fallthrough]];
        case Kind::remove: return changes_.push_back(&event);
        case Kind::write:
        case Kind::truncate: return files_.at(event.file).waiting.push_back({number, &event});
        case Kind::sync: return sync(event);
        case Kind::failed_sync: return forget(event);
        case Kind::sync_folder: return sync_folder();
    }
}

std::string Disk::content(File const& file, Loss const& loss, std::size_t beginning, Random& random) {
    auto const end =
        std::find_if(file.waiting.begin(), file.waiting.end(), [&](Waiting const& waiting) { return waiting.number >= beginning; });
    auto const count = static_cast<std::size_t>(end - file.waiting.begin());
    auto longest = file.durable.size(), size = longest;
    auto const size_kept = draw_kept(loss.keeps, count, random);
    for (std::size_t i = 0; i < count; ++i) {
        longest = std::max(longest, end_of(*file.waiting[i].event));
        if (i < size_kept) size = size_after(size, *file.waiting[i].event);
    }
    std::string data = file.durable;
    data.resize(longest);
    if (loss.garbage)
        std::generate(data.begin() + static_cast<std::ptrdiff_t>(file.durable.size()), data.end(),
                      [&] { return static_cast<char>(random()); });
    Sectors sectors(data, loss, count, random);
    for (std::size_t i = 0; i < count; ++i) sectors.happen(*file.waiting[i].event, i);
    data.resize(size);
    return data;
}

Files Disk::after_power_cut(Loss const& loss, Random& random) const {
    std::size_t oldest = happened_;
    for (auto const& [number, file] : files_)
        if (!file.waiting.empty()) oldest = std::min(oldest, file.waiting.front().number);
    auto const beginning = loss.keeps == Keeps::a_beginning ? oldest + draw(random, happened_ - oldest) : happened_;
    auto names = names_;
    auto const changes = draw_kept(loss.keeps, changes_.size(), random);
    for (std::size_t i = 0; i < changes; ++i) rename_in(names, *changes_[i]);
    Files files;
    for (auto const& [name, number] : names) files[name] = content(files_.at(number), loss, beginning, random);
    return files;
}

}  // namespace partnerd::durability
