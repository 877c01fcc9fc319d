"""Results as a table for a person."""

import datetime
import os
import platform

COLUMNS = ("N", "scenario", "CPU s", "wall s", "peak MiB", "anon MiB", "writes", "least",
           "refused", "remarks")


def machine():
    model = "unknown"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return {"date": datetime.date.today().isoformat(), "processor": model,
            "processors": os.cpu_count(), "kernel": platform.release()}


def remarks(row):
    said = []
    if "median_ms" in row:
        said.append(f"median {row['median_ms']} ms, worst {row['worst_ms']} ms")
    if "patched_seconds" in row:
        said.append(f"the patches took {row['patched_seconds']} s")
    if "kib_each" in row:
        said.append(f"{row['kib_each']} KiB held for each")
    return "; ".join(said)


def told(number):
    return "" if number is None else str(number)


def cells(row):
    return (str(row["n"]), row["scenario"], f"{row['cpu_seconds']:.2f}",
            f"{row['wall_seconds']:.2f}", f"{row['peak_kib'] / 1024:.1f}",
            f"{row['anon_kib'] / 1024:.1f}", str(row["writes"]), told(row["least_writes"]),
            str(sum(row["refused_by_kind"].values())), remarks(row))


def print_table(rows):
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        # The scenario and the remarks are words, all else are numbers.
        print("  ".join(cell.ljust(width) if at in (1, len(row) - 1) else cell.rjust(width)
                        for at, (cell, width) in enumerate(zip(row, widths))).rstrip())


def show(about, results):
    print(f"Kubernetes {about['kubernetes']}, {about['processors']} x {about['processor']}, "
          f"Linux {about['kernel']}, {about['date']}")
    print("CPU: user and system time of the controller; peak: its highest resident set in "
          "the scenario; anon: not shared\n")
    print_table([COLUMNS, *map(cells, results)])
    print("\nWrites by verb and resource, as the API server's audit log counts them:")
    for row in results:
        for title, kinds in (("", "writes_by_kind"), (" refused", "refused_by_kind")):
            if row[kinds]:
                told = ", ".join(f"{count} {what}" for what, count in row[kinds].items())
                print(f"  {row['n']} {row['scenario']}{title}: {told}")
