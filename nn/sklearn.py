"""scikit-learn's face: networks that Pipeline, GridSearchCV and cross_val_score take for estimators.

    from nn.sklearn import MLPClassifier, MLPRegressor

Parameters have the names of scikit-learn's own MLPClassifier and MLPRegressor, and names of this
package as values: ``solver="Adam"``, ``activation="relu"``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.utils import check_random_state, column_or_1d
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError as _error:
    raise ImportError(
        "nn.sklearn needs scikit-learn >= 1.6: pip install -U scikit-learn"
    ) from _error

from .data.samples import train_test_split
from .layers.activations import Activation
from .layers.neurons import MLP
from .schedules import Rate
from .settings import NOT_NEGATIVE, named, number, whole
from .training.choices.optimizers import OPTIMIZERS
from .training.choices.regularizers import l2
from .training.fit import fit
from .training.history import History
from .training.predict import predict, probabilities


class _Estimator(BaseEstimator, ABC):  # type: ignore[misc]  # scikit-learn has no types
    """What both estimators share: an `MLP`, and `fit` on what scikit-learn has checked."""

    def __init__(
        self,
        hidden_layer_sizes: Sequence[int] = (100,),
        activation: str | Activation = "relu",
        *,
        solver: str = "Adam",
        alpha: float = 1e-4,
        batch_size: int | str | None = "auto",
        learning_rate_init: Rate = 0.01,
        max_iter: int = 200,
        random_state: Any = None,
        verbose: bool = False,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.random_state = random_state
        self.verbose = verbose
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change

    def fit(self, X: Any, y: Any) -> Any:
        """Train a new network on samples X and targets y; returns the estimator."""
        X, y = validate_data(self, X, y, dtype=float, multi_output=True)
        targets = self._learn_targets(y)
        self._start(X.shape[1], targets)
        settings: dict[str, Any] = {}
        if self.early_stopping:
            X, X_held, targets, y_held = train_test_split(
                X,
                targets,
                test_size=self.validation_fraction,
                stratify=targets if hasattr(self, "classes_") else None,
                seed=self.history_.generator,
            )
            settings = {"validation": (X_held, y_held), "patience": self.n_iter_no_change}
        self._train(X, targets, whole("max_iter", self.max_iter), settings)
        return self

    def partial_fit(self, X: Any, y: Any) -> Any:
        """Train the network for one more epoch, a new one at the first call; returns the estimator."""
        first = not hasattr(self, "model_")
        X, y = validate_data(self, X, y, dtype=float, multi_output=True, reset=first)
        targets = self._learn_targets(y) if first else self._coded(y)
        if first:
            self._start(X.shape[1], targets)
        self._train(X, targets, self.history_.epochs + 1, {})
        return self

    def _start(self, features: int, targets: Any) -> None:
        """A new network, with nothing learnt."""
        seed = int(check_random_state(self.random_state).randint(2**31))
        sizes = [*np.atleast_1d(self.hidden_layer_sizes).tolist(), self._outputs(targets)]
        self.model_ = MLP(features, sizes, self.activation, seed=seed)
        kind = named("solver", str(self.solver), OPTIMIZERS)
        self.optimizer_ = kind(self.model_.parameters(), lr=self.learning_rate_init)
        self.history_ = History()
        self.history_.generator.seed(seed)

    def _train(self, X: Any, targets: Any, epochs: int, settings: dict[str, Any]) -> None:
        size: Any = self.batch_size
        alpha = number("alpha", self.alpha, *NOT_NEGATIVE)
        rate = alpha / (2 * len(X))  # scikit-learn's penalty: ½ α ‖w‖² a sample
        fit(
            self.model_,
            X,
            targets,
            self._loss(),
            optimizer=self.optimizer_,
            epochs=epochs,
            batch_size=min(200, len(X)) if size == "auto" else size,
            regularizer=(lambda ws: rate * l2(ws)) if alpha else None,
            history=self.history_,
            progress=self.verbose,
            **settings,
        )
        self.n_iter_, self.loss_ = self.history_.epochs, self.history_.loss[-1]

    @property
    def loss_curve_(self) -> list[float]:
        """The loss of every epoch."""
        return self.history_.loss

    def _scores(self, X: Any) -> np.ndarray:
        check_is_fitted(self)
        return predict(self.model_, validate_data(self, X, dtype=float, reset=False))

    @abstractmethod
    def _learn_targets(self, y: Any) -> Any:
        """The targets as the loss sees them; what there is to know of them is kept."""

    @abstractmethod
    def _coded(self, y: Any) -> Any:
        """Targets of a kind that is known already."""

    @abstractmethod
    def _outputs(self, targets: Any) -> int:
        """How many numbers the network answers for a sample."""

    @abstractmethod
    def _loss(self) -> str:
        """The name of the loss."""


class MLPClassifier(ClassifierMixin, _Estimator):  # type: ignore[misc]
    """A multi-layer perceptron that chooses among classes: logistic loss of two, softmax of more.

    ``hidden_layer_sizes`` and ``activation`` make the `MLP`; ``solver`` is the name of an optimiser
    and ``learning_rate_init`` its rate; ``alpha`` weighs the L2 penalty ½ α ‖w‖²/n; ``batch_size`` is
    min(200, n) by default; ``max_iter`` is the number of epochs; with ``early_stopping`` a
    ``validation_fraction`` of the samples is held out, and training ends when the loss on them has
    not become better for ``n_iter_no_change`` epochs.

    After fit: ``classes_``, ``n_features_in_``, ``feature_names_in_`` of a frame, ``n_iter_``,
    ``loss_``, ``loss_curve_``, ``history_``, and the network itself, ``model_``. Raises ValueError
    for targets of one class.

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> MLPClassifier((8,), max_iter=50, random_state=0).fit(X, y).score(X, y) > 0.9
    True
    """

    def partial_fit(self, X: Any, y: Any, classes: Any = None) -> Any:
        """One more epoch; ``classes`` are all there will ever be, if the first y has not all."""
        if classes is not None and not hasattr(self, "model_"):
            self._all_classes = np.unique(classes)
        return super().partial_fit(X, y)

    def predict(self, X: Any) -> np.ndarray:
        """The class of every sample."""
        chosen = self.predict_proba(X).argmax(axis=1)
        return np.asarray(self.classes_[chosen])

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of every class, (n, k), in the order of ``classes_``."""
        p = probabilities(self._scores(X))
        return np.stack([1 - p, p], axis=1) if p.ndim == 1 else p

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """The logarithm of `predict_proba`."""
        with np.errstate(divide="ignore"):
            logs: np.ndarray = np.log(self.predict_proba(X))
        return logs

    def _learn_targets(self, y: Any) -> Any:
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        self.classes_ = self.__dict__.pop("_all_classes", np.unique(y))
        if len(self.classes_) < 2:
            raise ValueError(
                f"a classifier needs two classes or more; y has one class, {str(y[0])!r} "
                f"(partial_fit's classes= names those that come later)"
            )
        return self._coded(y)

    def _coded(self, y: Any) -> Any:
        y = column_or_1d(y)
        unknown = np.setdiff1d(y, self.classes_)
        if len(unknown):
            raise ValueError(f"y has the class {unknown[0]!r}; the first y had {self.classes_}")
        return np.searchsorted(self.classes_, y)

    def _outputs(self, targets: Any) -> int:  # noqa: ARG002
        return len(self.classes_) if len(self.classes_) > 2 else 1

    def _loss(self) -> str:
        return "cross_entropy" if len(self.classes_) > 2 else "binary_cross_entropy_with_logits"


class MLPRegressor(RegressorMixin, _Estimator):  # type: ignore[misc]
    """A multi-layer perceptron that predicts numbers, one or several a sample: squared error.

    Parameters and attributes are those of `MLPClassifier`, but for classes.

    >>> from sklearn.datasets import make_regression
    >>> X, y = make_regression(n_samples=50, n_features=3, random_state=0)
    >>> MLPRegressor((8,), random_state=0).fit(X, y / y.std()).score(X, y / y.std()) > 0.9
    True
    """

    def predict(self, X: Any) -> np.ndarray:
        """The prediction for every sample, (n,) or (n, k) as y was."""
        return self._scores(X)

    def _learn_targets(self, y: Any) -> Any:
        return self._coded(y)

    def _coded(self, y: Any) -> Any:
        y = np.asarray(y, float)
        return column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y

    def _outputs(self, targets: Any) -> int:
        return 1 if targets.ndim == 1 else int(targets.shape[1])

    def _loss(self) -> str:
        return "mse_loss"

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
