#include "server/head_scan.hpp"

namespace tickstock {

void HeadScan::feed(std::string_view bytes) {
    for (const char byte : bytes) {
        if (at_ == At::End) {
            return;
        }
        if (at_ == At::LineStart && (byte == ' ' || byte == '\t')) {
            has_fold_ = true;
        }
        if (byte == '\n') {  // alone as well: the parser refuses that
            at_ = at_ == At::LastCr ? At::End : At::LineStart;
        } else if (byte == '\r') {
            at_ = at_ == At::LineStart ? At::LastCr : At::Cr;
        } else {
            at_ = At::Line;
        }
    }
}

}  // namespace tickstock
