"""Tests of the module `sim`, with each library of data frames that is installed."""

import importlib.util
import os
import tempfile
import unittest
from pathlib import Path

import sim

LIBRARIES = [name for name in ("pandas", "polars") if importlib.util.find_spec(name)]


class InFolder(unittest.TestCase):
    def setUp(self):
        self.before = os.getcwd()
        self.folder = tempfile.TemporaryDirectory()
        os.chdir(self.folder.name)

    def tearDown(self):
        os.chdir(self.before)
        self.folder.cleanup()

    def test_a_run_has_its_tables(self):
        for frames in LIBRARIES:
            run = sim.run("exp9", net=True, frames=frames)
            self.assertEqual(run.exit_code, 0)
            self.assertEqual(run.folder, Path("results/exp9/seed-1"))
            self.assertEqual(run.trace.shape, (480, 10))
            self.assertEqual(list(run.machines["clock_final"]), [105, 95, 360])
            self.assertEqual(list(run.machines["predicted_arrival_rate_per_s"]), [3.6, 3.6, 0.0])
            self.assertEqual(run.measures["drift_final"], 265)
            self.assertEqual(len(run.net), run.measures["copies_sent"])
            self.assertEqual(run.manifest["rows"], 480)
            self.assertEqual(type(run.trace).__module__.split(".")[0], frames)

    def test_keys_are_overridden(self):
        keys = {"events.send": 0.3, "network.latency": "5ms", "rates": [1, 3, 6]}
        run = sim.run("exp9", seed=7, duration="10s", set=keys)
        self.assertEqual(run.manifest["seed"], 7)
        self.assertEqual(len(run.manifest["changed"]), 4)
        self.assertEqual(list(run.machines["rate_per_s"]), [1.0, 3.0, 6.0])
        table = sim.run("exp9", duration="10s", set={"events": {"one": 0.3, "all": 0.3}})
        self.assertIn("events", table.manifest["changed"][1])

    def test_a_sweep_has_points(self):
        for frames in LIBRARIES:
            grid = {"events.send": [0.2, 0.9], "network.latency": ["1ms", "5ms"]}
            sweep = sim.sweep("exp9", seeds=5, grid=grid, duration="20s", frames=frames)
            self.assertEqual(len(sweep.runs), 2 * 2 * 5 * 3)
            self.assertEqual(len(set(sweep.points["events.send"])), 2)
            self.assertEqual(sweep.manifest["seeds"], [0, 5])
        plain = sim.sweep("exp9", seeds=range(3, 6))
        self.assertEqual(sorted(set(plain.runs["seed"])), [3, 4, 5])
        again = sim.sweep("exp9", seeds=range(3, 6))
        self.assertEqual(plain.manifest["runs_blake3"], again.manifest["runs_blake3"])

    def test_a_config_file_is_swept(self):
        Path("mine.toml").write_text("duration = '5s'\nrates = [1, 2]\nevents = { send = 0.5 }\n")
        sweep = sim.sweep("mine.toml", seeds=2, grid={"rates": [[1, 2], [1, 6]]}, name="ratio")
        self.assertEqual(sweep.folder, Path("results/sweeps/ratio"))
        self.assertEqual(sweep.manifest["points"], 2)

    def test_a_verdict_is_no_error(self):
        run = sim.run("glomers/3c", seed=3, set={"solution": "flood"})
        self.assertEqual(run.exit_code, 1)
        self.assertIs(run.results["valid?"], False)
        self.assertEqual(run.history[0]["type"], "info")

    def test_mistakes_are_raised_with_their_places(self):
        with self.assertRaises(sim.SimError) as raised:
            sim.run("exp9", set={"events.sned": 0.3})
        self.assertEqual((raised.exception.code, raised.exception.kind), (64, "usage"))
        Path("bad.toml").write_text("duration = '5s'\nrates = [0]\nevents = { send = 2 }\n")
        with self.assertRaises(sim.SimError) as raised:
            sim.run("bad.toml")
        self.assertEqual(raised.exception.code, 65)
        self.assertEqual(sorted(one["line"] for one in raised.exception.mistakes), [2, 3])
        with self.assertRaises(sim.SimError):
            sim.sweep("no-such-config", grid={"events.send": [0.1]})
        with self.assertRaises(ValueError):
            sim.run("exp9", frames="numpy")
        with self.assertRaises(FileNotFoundError):
            sim.run("exp9").net


if __name__ == "__main__":
    unittest.main()
