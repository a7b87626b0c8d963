// Hours of a shop in a second: clicks, sales, refunds and what is refused, from several threads at once, with the moment of each answer.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "durability/disk.hpp"
#include "tracking/click_queue.hpp"
#include "unit/tracking/house.hpp"

namespace partnerd::durability {

enum class Fate {
    kept,
    refused,  // by the kernel, or taken back by its handler: it was never there
    failed,   // by the disk: nothing of it was kept
};

// One thing that was asked for, when and what it was told, in moments of the log.
struct Sent {
    std::string what;  // "click 123", "sale a-7", "refund a-9"
    std::size_t sent = 0;
    std::size_t answered = 0;
    Fate fate = Fate::failed;
};

class Load {
  public:
    // Makes the program "shop" with partners and links unless it is there.
    Load(testing::House& house, DiskLog& log, std::string name);
    Load(Load const&) = delete;
    ~Load();
    // Several threads, each with so many steps; returns when everything was answered.
    void run(int threads, int steps, Random& random);
    void reopen();  // the house's storage, when nothing runs
    // Everything that was asked for; when nothing runs. Takes it out.
    std::vector<Sent> take();

  private:
    class Client;
    void open_queue();
    testing::House& house_;
    DiskLog& log_;
    std::string const name_;
    programs::Program program_;
    std::vector<std::shared_ptr<tracking::ClickTarget const>> targets_;
    std::unique_ptr<tracking::ClickQueue> queue_;
    std::vector<std::unique_ptr<Client>> clients_;
    int rounds_ = 0;
};

}  // namespace partnerd::durability
