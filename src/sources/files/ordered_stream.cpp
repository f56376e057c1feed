#include "sources/files/ordered_stream.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "sources/files/external_sort.hpp"
#include "sources/files/order_evidence.hpp"
#include "sources/files/order_probe.hpp"

namespace tickstock {
namespace {

class OrderedStream final : public RecordStream {
public:
    /// `probe`: looks at the rest of the file when its head does not tell.
    OrderedStream(std::unique_ptr<RecordStream> file, std::size_t head_records,
                  const FileReaderOptions& options, std::function<bool()> probe)
        : file_(std::move(file)),
          head_records_(head_records),
          options_(options),
          probe_(std::move(probe)) {}

    bool fill(std::vector<Record>& out, std::size_t limit) override {
        if (way_ == Way::Undecided) {
            decide();
        }
        if (sort_) {
            return sort_->take(out, limit);
        }
        if (at_ == head_.size()) {
            return file_->fill(out, limit);
        }
        const std::size_t end = std::min(head_.size(), at_ + limit);
        for (; at_ < end; ++at_) {
            out.push_back(head_[way_ == Way::SortedHead ? order_[at_] : at_]);
        }
        if (at_ == head_.size()) {
            std::vector<Record>().swap(head_);
            std::vector<std::uint32_t>().swap(order_);
            at_ = 0;
        }
        return true;
    }

    StageCounts counts() const override { return file_->counts(); }
    ReadProgress progress() const override { return file_->progress(); }
    std::optional<Error> failure() const override {
        return sort_ && sort_->failure() ? sort_->failure() : file_->failure();
    }

private:
    enum class Way : std::uint8_t { Undecided, AsRead, SortedHead, External };

    void decide() {
        const bool whole = !read_ahead();
        if (!wants_sorting(whole)) {
            way_ = Way::AsRead;
        } else if (whole) {
            way_ = Way::SortedHead;
            order_ = time_order(head_);
        } else {
            way_ = Way::External;
            sort_runs();
        }
    }

    /// Fills head_; false when the file has ended.
    bool read_ahead() {
        head_.reserve(head_records_);
        while (head_.size() < head_records_) {
            if (!file_->fill(head_, std::min<std::size_t>(head_records_ - head_.size(), 4096))) {
                return false;
            }
        }
        return true;
    }

    bool wants_sorting(bool whole) const {
        if (options_.order == RowOrder::ByTime) {
            return true;
        }
        OrderEvidence evidence;
        for (const Record& record : head_) {
            evidence.observe(record);
        }
        if (whole || evidence.grouped() || evidence.interleaved()) {
            return evidence.grouped();
        }
        return probe_();
    }

    void sort_runs() {
        sort_ = std::make_unique<ExternalSort>(options_.temporary_folder);
        bool more = true;
        while (!head_.empty() && sort_->add_run(head_) && more) {
            head_.clear();
            more = read_ahead();
        }
        std::vector<Record>().swap(head_);
    }

    std::unique_ptr<RecordStream> file_;
    std::size_t head_records_;
    FileReaderOptions options_;
    std::function<bool()> probe_;
    Way way_ = Way::Undecided;
    std::vector<Record> head_;
    std::vector<std::uint32_t> order_;  // of head_, when it is the whole file and grouped
    std::size_t at_ = 0;
    std::unique_ptr<ExternalSort> sort_;
};

std::size_t head_share(std::size_t head_records, std::size_t file_count) {
    constexpr std::size_t head_records_min = 1024;
    return std::min(std::max(head_records / file_count, head_records_min), head_records);
}

}  // namespace

std::unique_ptr<RecordStream> order_rows(std::unique_ptr<TextFile> file, std::size_t file_count,
                                         const FileReaderOptions& options,
                                         std::size_t head_records) {
    if (options.order == RowOrder::AsRead) {
        return file;
    }
    const auto probe = [path = file->path(), format = file->format(), header = file->header(),
                        options] { return probe_grouped(path, format, header, options); };
    return std::make_unique<OrderedStream>(std::move(file), head_share(head_records, file_count),
                                           options, probe);
}

std::unique_ptr<RecordStream> sort_if_wanted(std::unique_ptr<RecordStream> file,
                                             std::size_t file_count,
                                             const FileReaderOptions& options) {
    if (options.order != RowOrder::ByTime) {
        return file;
    }
    return std::make_unique<OrderedStream>(
        std::move(file), head_share(order_head_records, file_count), options, [] { return false; });
}

}  // namespace tickstock
